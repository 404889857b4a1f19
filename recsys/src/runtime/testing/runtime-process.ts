/** The real runtime as its own process in a folder of its own, for tests. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { RuntimeClient } from './runtime-client.js';

const PROGRAM = process.env['BERTH_RECSYS_RUNTIME'] ?? join(__dirname, '../../../dist/runtime.mjs');
const PATIENCE_MS = 20_000;
const LOOK_EVERY_MS = 5;

/** Waits for a state of the world. @throws Error naming it where it does not come. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>
): Promise<Exclude<Awaited<T>, undefined | false>> {
  const ends = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found as Exclude<Awaited<T>, undefined | false>;
    if (performance.now() > ends) throw new Error(`not in ${PATIENCE_MS} ms: ${what}`);
    await delay(LOOK_EVERY_MS);
  }
}

export class RuntimeProcess {
  log = '';
  readonly exit: Promise<number | NodeJS.Signals>;
  readonly #clients: RuntimeClient[] = [];

  private constructor(
    readonly folder: string,
    private readonly child: ChildProcess
  ) {
    child.stderr?.on('data', (text: Buffer) => (this.log += text.toString()));
    this.exit = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
  }

  /** Starts it, in a new folder or a given one, and does not wait. */
  static async spawn(folder?: string, environment: NodeJS.ProcessEnv = {}): Promise<RuntimeProcess> {
    const own = folder ?? (await mkdtemp(join(tmpdir(), 'berth-rt-')));
    const { NODE_OPTIONS: _jest, ...inherited } = process.env;
    const env = { ...inherited, ...environment };
    const stdio = ['ignore', 'ignore', 'pipe'] as const;
    return new RuntimeProcess(own, spawn(process.execPath, [PROGRAM, 'serve', own], { stdio: [...stdio], env }));
  }

  /** Starts it and waits until it serves. */
  static async start(folder?: string, environment: NodeJS.ProcessEnv = {}): Promise<RuntimeProcess> {
    const runtime = await RuntimeProcess.spawn(folder, environment);
    await Promise.race([
      until('the runtime is ready', () => runtime.log.includes('ready:')),
      runtime.exit.then(how => Promise.reject(new Error(`the runtime has ended with ${how}:\n${runtime.log}`)))
    ]);
    return runtime;
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  get socketPath(): string {
    return join(this.folder, 'runtime.sock');
  }

  async connect(): Promise<RuntimeClient> {
    const client = await RuntimeClient.connect(this.socketPath);
    this.#clients.push(client);
    return client;
  }

  kill(signal: NodeJS.Signals): Promise<number | NodeJS.Signals> {
    this.child.kill(signal);
    return this.exit;
  }

  /** The processes of corpora. */
  async children(): Promise<number[]> {
    const text = await readFile(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8');
    return text.split(' ').filter(Boolean).map(Number);
  }

  /** The folders of the corpora that it has made and not removed. */
  async dataFolders(): Promise<string[]> {
    const { dev, ino } = await stat(this.folder);
    const places = [join(this.folder, 'data'), `/dev/shm/berth-recsys-${process.getuid?.()}-${dev}-${ino}`];
    const found = await Promise.all(places.map(async place => (await names(place)).map(name => join(place, name))));
    return found.flat().filter(path => new RegExp(`/${this.pid}-\\d+$`).test(path));
  }

  /** Ends it and removes its folder. */
  async end(): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.kill('SIGTERM');
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Milliseconds of processor time that a process has taken: it grows while it works. */
export async function processorMs(pid: number): Promise<number> {
  const [user = 0, system = 0] = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ').slice(11, 13).map(Number) ?? []; // prettier-ignore
  return (user + system) * 10;
}

/** Waits until the process is busy: has worked for so long since. */
export async function untilBusy(pid: number, ms = 50): Promise<void> {
  const before = await processorMs(pid);
  await until(`process ${pid} works`, async () => (await processorMs(pid)) >= before + ms);
}

/** Whether a process runs; one that only waits for its parent to notice that it has ended does not. */
export function isAlive(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

async function names(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
