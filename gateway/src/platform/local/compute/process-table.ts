/** Reads which processes there are on this machine, and what each of them has used so far. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { ProcessTable, TableEntry } from './process-tree.js';

const run = promisify(execFile);
/** Linux tells programs its times in this unit, whatever it counts in itself. */
const TICKS_PER_SECOND = 100;
const COMMON_PAGE_BYTES = 4096;
/** A large machine has more processes than this one may have files open; one that cannot be opened would not be there. */
const AT_ONCE = 64;

/** All processes that can be seen from here; one that ends meanwhile is not there. */
export async function readProcessTable(): Promise<ProcessTable> {
  const entries = process.platform === 'linux' ? await linuxEntries() : await psEntries();
  return new Map(entries.map(entry => [entry.pid, entry]));
}

/** Reads a line of `/proc/<pid>/stat`. */
export function readStat(stat: string, pageBytes: number): TableEntry | undefined {
  const pid = Number(stat.slice(0, stat.indexOf(' ')));
  // a process name may hold spaces and brackets: the fields after the last bracket begin with the third
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [parent, user, system, pages] = [fields[1], fields[11], fields[12], fields[21]].map(Number);
  const startedAt = fields[19];
  if (!Number.isInteger(pid) || startedAt === undefined || parent === undefined || pages === undefined)
    return undefined;
  const cpuSeconds = ((user ?? 0) + (system ?? 0)) / TICKS_PER_SECOND;
  return { pid, parent, startedAt, cpuSeconds, memoryBytes: pages * pageBytes };
}

/** Reads a line of `ps -axo pid=,ppid=,rss=,time=,lstart=`. */
export function readPsLine(line: string): TableEntry | undefined {
  const [, pid, parent, kib, time, startedAt] = /^ *(\d+) +(\d+) +(\d+) +([\d:.-]+) +(.+)$/.exec(line) ?? [];
  if (time === undefined || startedAt === undefined) return undefined;
  const [clock = '', days = '0'] = time.split('-').reverse();
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400;
  const rest = { startedAt: startedAt.trim(), cpuSeconds: seconds, memoryBytes: Number(kib) * 1024 };
  return { pid: Number(pid), parent: Number(parent), ...rest };
}

async function linuxEntries(): Promise<TableEntry[]> {
  const pageBytes = await pageSize();
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
  const stats: string[] = [];
  for (let from = 0; from < pids.length; from += AT_ONCE) {
    const some = pids.slice(from, from + AT_ONCE).map(pid => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''));
    stats.push(...(await Promise.all(some)));
  }
  return stats.flatMap(stat => readStat(stat, pageBytes) ?? []);
}

async function psEntries(): Promise<TableEntry[]> {
  const env = { ...process.env, LC_ALL: 'C' };
  const { stdout } = await run('ps', ['-axo', 'pid=,ppid=,rss=,time=,lstart='], { env, maxBuffer: 16 * 1024 * 1024 });
  return stdout.split('\n').flatMap(line => readPsLine(line) ?? []);
}

let page: Promise<number> | undefined;

/** It does not change while we live. */
function pageSize(): Promise<number> {
  page ??= run('getconf', ['PAGESIZE']).then(
    ({ stdout }) => Number(stdout.trim()) || COMMON_PAGE_BYTES,
    () => COMMON_PAGE_BYTES
  );
  return page;
}
