/**
 * Where the processes of a cluster run. `api` needs nothing special: they are processes of this machine. Everything else runs in
 * mount, network and process namespaces of its own (machine.sh), so that clusters do not see each other and none leaves a trace.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { mustRun } from '../../scripts/command.ts';
import { waitUntil } from '../../scripts/wait-until.ts';
import { quietly } from './quietly.ts';

const INIT = fileURLToPath(new URL('machine.sh', import.meta.url));
/** Starts "$@" in a session of its own and writes who it is, whole or not at all, even if whoever wanted it has gone meanwhile. */
const START = String.raw`
log=$1 file=$2; shift 2
setsid "$@" >>"$log" 2>&1 </dev/null &
{ read -r stat </proc/$!/stat; } 2>/dev/null || stat='0 (ended) Z'
set -- $! ${'$'}{stat##*) }
printf '{"pid":%s,"startTicks":"%s"}' "$1" "${'$'}{21:-}" >"$file.part" && mv "$file.part" "$file"`;
/** Proxies lead out of the cluster, where nothing is; and some programs are where only root looks for them. */
const ENVIRONMENT = {
  HTTP_PROXY: '',
  HTTPS_PROXY: '',
  ALL_PROXY: '',
  http_proxy: '',
  https_proxy: '',
  all_proxy: '',
  PATH: `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`
};

/** A process that is known by its id and its start, so that one that got the same id later is not taken for it. */
interface Known {
  readonly pid: number;
  readonly startTicks: string;
}

export interface Process {
  readonly name: string;
  readonly running: boolean;
  /** Resident memory in MiB; 0 where it does not run. */
  readonly rssMib: number;
}

export class Machine {
  readonly folder: string;
  private readonly init: Known | undefined;

  private constructor(folder: string, init: Known | undefined) {
    this.folder = folder;
    this.init = init;
  }

  /** Processes of this machine. Needs no root. */
  static shared(folder: string): Machine {
    return new Machine(folder, undefined);
  }

  /** The namespaces whose state is in `folder`: those that are there, or new ones. Needs root. `block`: 10.<block>.0.0/16. */
  static async own(folder: string, block: number): Promise<Machine> {
    const machine = (await Machine.found(folder)) ?? (await Machine.create(folder, block));
    await machine.connect(block);
    return machine;
  }

  /** The namespaces whose state is in `folder`; undefined where they have ended. */
  static async found(folder: string): Promise<Machine | undefined> {
    const text = await readFile(path.join(folder, 'init.json'), 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    const init = JSON.parse(text) as Known;
    if ((await startTicks('/proc', init.pid)) !== init.startTicks) return undefined;
    const isLaidOut = (): boolean => existsSync(path.join(folder, 'ready'));
    await waitUntil('the namespaces of the cluster are laid out', 60_000, isLaidOut);
    return new Machine(folder, init);
  }

  private static async create(folder: string, block: number): Promise<Machine> {
    await rm(path.join(folder, 'ready'), { force: true });
    await rm(path.join(folder, 'pids'), { recursive: true, force: true });
    const log = await open(path.join(folder, 'machine.log'), 'w');
    const child = spawn(
      'unshare',
      ['--mount', '--net', '--pid', '--fork', '--kill-child', 'bash', INIT, folder, `10.${block}.1.1/24`],
      { detached: true, stdio: ['ignore', log.fd, log.fd], env: { ...process.env, ...ENVIRONMENT } }
    );
    await log.close();
    child.unref();
    try {
      await waitUntil('the namespaces of the cluster are there', 60_000, async () => {
        if (child.exitCode !== null) throw new Error('the namespaces of the cluster could not be made');
        return existsSync(path.join(folder, 'ready'));
      });
    } catch (error) {
      child.kill('SIGKILL');
      throw new Error(`${String(error)}: ${await readFile(path.join(folder, 'machine.log'), 'utf8')}`, {
        cause: error
      });
    }
    const machine = await Machine.found(folder);
    if (machine === undefined) throw new Error('the namespaces of the cluster have ended');
    return machine;
  }

  /** Puts before a command what makes it run in here. */
  inside(command: readonly string[]): string[] {
    if (this.init === undefined) return [...command];
    return ['nsenter', '--target', String(this.init.pid), '--mount', '--net', '--pid', '--wd=/', '--', ...command];
  }

  /** Starts a process that outlives us, unless one of this name runs. Its output is added to `logs/<name>.log`. */
  async start(name: string, command: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> {
    if (await this.isRunning(name)) return;
    await mkdir(path.join(this.folder, 'logs'), { recursive: true });
    await mkdir(path.join(this.folder, 'pids'), { recursive: true });
    const file = path.join(this.folder, 'pids', `${name}.json`);
    const log = path.join(this.folder, 'logs', `${name}.log`);
    const [program, ...args] = this.inside(['sh', '-c', START, 'sh', log, file, ...command]);
    await mustRun(program ?? '', args, { env: { ...ENVIRONMENT, ...env }, capture: true });
  }

  async isRunning(name: string): Promise<boolean> {
    return (await this.pidOf(name)) !== undefined;
  }

  /** `kill -9`, and waits for the end; does nothing where no such process runs. */
  async kill(name: string): Promise<void> {
    const pid = await this.pidOf(name);
    if (pid === undefined) return;
    const [program, ...args] = this.inside(['bash', '-c', `kill -KILL ${pid}`]);
    await mustRun(program ?? '', args, { capture: true });
    await waitUntil(`${name} has ended`, 20_000, async () => !(await this.isRunning(name)));
  }

  /** `kill -9`, and forgets that there was such a process. */
  async remove(name: string): Promise<void> {
    await this.kill(name);
    await rm(path.join(this.folder, 'pids', `${name}.json`), { force: true });
  }

  /** Every process that was ever started, by name. */
  async processes(): Promise<Process[]> {
    const files = await readdir(path.join(this.folder, 'pids')).catch(() => []);
    const names = files.filter(name => name.endsWith('.json')).map(name => path.basename(name, '.json'));
    return Promise.all(names.sort().map(name => this.process(name)));
  }

  /** Resident memory of everything that runs in the namespaces, pods included, in MiB; pages that several map count for each. */
  async rssMib(): Promise<number> {
    const pids = (await readdir(this.proc)).filter(name => /^\d+$/.test(name));
    const each = await Promise.all(pids.map(pid => rssMibOf(this.proc, Number(pid))));
    return each.reduce((sum, mib) => sum + mib, 0);
  }

  /** Ends everything at once. What ran in namespaces leaves nothing behind but its cgroups, which are the caller's. */
  async destroy(): Promise<void> {
    if (this.init === undefined) {
      for (const { name } of await this.processes()) await this.kill(name);
      return;
    }
    const { pid } = this.init;
    process.kill(pid, 'SIGKILL');
    await waitUntil('the processes of the cluster have ended', 60_000, () => !existsSync(`/proc/${pid}`));
  }

  /** A cable between this machine and the namespaces: from here pods, services and the API server are reached by their addresses. */
  private async connect(block: number): Promise<void> {
    if (this.init === undefined) return;
    const cable = cableName(block);
    const inside = (...args: string[]) =>
      quietly('nsenter', ['--target', String(this.init?.pid), '--net', 'ip', ...args]);
    if (!existsSync(`/sys/class/net/${cable}`)) {
      await ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', 'uplink', 'netns', String(this.init.pid));
    }
    await ip('address', 'replace', `10.${block}.0.1/30`, 'dev', cable);
    await inside('address', 'replace', `10.${block}.0.2/30`, 'dev', 'uplink');
    await inside('link', 'set', 'uplink', 'up');
    await ip('link', 'set', cable, 'up');
    await ip('route', 'replace', `10.${block}.0.0/16`, 'via', `10.${block}.0.2`);
  }

  private get proc(): string {
    return this.init === undefined ? '/proc' : `/proc/${this.init.pid}/root/proc`;
  }

  private async pidOf(name: string): Promise<number | undefined> {
    const text = await readFile(path.join(this.folder, 'pids', `${name}.json`), 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    const known = JSON.parse(text) as Known;
    return (await startTicks(this.proc, known.pid)) === known.startTicks ? known.pid : undefined;
  }

  private async process(name: string): Promise<Process> {
    const pid = await this.pidOf(name);
    if (pid === undefined) return { name, running: false, rssMib: 0 };
    return { name, running: true, rssMib: Math.round(await rssMibOf(this.proc, pid)) };
  }
}

/** 0 where there is no such process. */
async function rssMibOf(proc: string, pid: number): Promise<number> {
  const status = await readFile(`${proc}/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
}

/** When a process started, in clock ticks since boot; undefined where there is none, or only its remains. */
async function startTicks(proc: string, pid: number): Promise<string | undefined> {
  const stat = await readFile(`${proc}/${pid}/stat`, 'utf8').catch(() => undefined);
  // The name is in brackets and may hold anything; what follows it does not.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields === undefined || fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

const ip = (...args: string[]) => quietly('ip', args);
const cableName = (block: number): string => `berth${block}`;

/** Waits until the kernel has taken the cable away: it does so some time after the last process in the namespaces has ended. */
export async function untilDisconnected(block: number): Promise<void> {
  await waitUntil(
    'the network of the cluster is gone',
    60_000,
    () => !existsSync(`/sys/class/net/${cableName(block)}`)
  );
}
