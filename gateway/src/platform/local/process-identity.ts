/**
 * Which process a pid means. Pids are recycled, so whatever is on record about a process carries an identity that no
 * other process has, also after a reboot. The format is the launcher's (`berth_launcher/tree.py`).
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const IS_LINUX = process.platform === 'linux';

/** A process on record. */
export interface ProcessRecord {
  readonly pid: number;
  readonly identity: string;
}

/** Equal for the same process, different for a recycled pid; `undefined` when there is none, or a zombie. */
export async function identityOf(pid: number): Promise<string | undefined> {
  return IS_LINUX ? linuxIdentity(pid) : psIdentity(pid);
}

/** Whether the process on record still runs. */
export async function isAlive(record: ProcessRecord): Promise<boolean> {
  return (await identityOf(record.pid)) === record.identity;
}

/** Whether the process on record was started before this machine's last start. */
export async function isFromAnotherBoot(record: ProcessRecord): Promise<boolean> {
  if (!IS_LINUX || !record.identity.startsWith('linux:')) return false;
  return record.identity.split(':')[1] !== (await bootId());
}

/** Signals the process on record if it still is the one that was recorded; false when it is gone. */
export async function signalProcess(record: ProcessRecord, signal: NodeJS.Signals): Promise<boolean> {
  if (!(await isAlive(record))) return false;
  try {
    return process.kill(record.pid, signal);
  } catch {
    return false;
  }
}

async function linuxIdentity(pid: number): Promise<string | undefined> {
  const stat = await textOf(`/proc/${pid}/stat`);
  // a process name may hold spaces and brackets: the fields after the last bracket begin with the third
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const startedAtTicks = fields[19];
  if (startedAtTicks === undefined || fields[0] === 'Z' || fields[0] === 'X') return undefined;
  return `linux:${await bootId()}:${startedAtTicks}`;
}

async function psIdentity(pid: number): Promise<string | undefined> {
  try {
    const env = { ...process.env, LC_ALL: 'C' };
    const words = (await run('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { env })).stdout.trim().split(/\s+/);
    return words.length !== 6 || words[0]?.startsWith('Z') ? undefined : `ps:${words.slice(1).join(' ')}`;
  } catch {
    return undefined;
  }
}

let boot: Promise<string> | undefined;

/** It does not change while we live. gVisor has no boot_id; the time of its boot serves as well. */
function bootId(): Promise<string> {
  boot ??= readBootId();
  return boot;
}

async function readBootId(): Promise<string> {
  const id = (await textOf('/proc/sys/kernel/random/boot_id')).trim();
  if (id !== '') return id;
  const time = /^btime (\d+)$/m.exec(await textOf('/proc/stat'))?.[1];
  return time === undefined ? 'unknown' : `btime-${time}`;
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return '';
  }
}
