/** Asks `nvidia-smi`. A driver in trouble can hold it for ever, out of reach of any signal: nobody here waits for that. */
import { execFile } from 'node:child_process';
import type { Inventory } from './inventory.js';
import { readInstanceList } from './nvidia-smi-list.js';
import { readInventory } from './nvidia-smi-xml.js';

/** A driver that first has to wake eight GPUs takes some seconds. */
const PATIENCE_MS = 8_000;
const MAX_BYTES = 64 * 1024 * 1024;

/** There is no such program: this machine has no GPUs of this make. */
export class NoNvidiaSmi extends Error {}

export class NvidiaSmi {
  private hanging: string | undefined;

  constructor(
    private readonly program: string,
    private readonly variables: Readonly<Record<string, string | undefined>>,
    private readonly patienceMs = PATIENCE_MS
  ) {}

  /**
   * The GPUs as they are now.
   *
   * @throws NoNvidiaSmi; Error when it fails, does not answer in time, or says what nobody understands
   */
  async look(): Promise<Inventory> {
    const xml = await this.ask(['-q', '-x']);
    const inventory = readInventory(xml);
    if (!inventory.gpus.some(gpu => gpu.instances.length > 0)) return inventory;
    // without the list the instances keep their older names
    const list = await this.ask(['-L']).catch(() => '');
    return readInventory(xml, readInstanceList(list));
  }

  /** What it prints: a failure that comes with a whole answer, as for one broken GPU of several, still tells of the others. */
  private ask(args: readonly string[]): Promise<string> {
    if (this.hanging !== undefined) return Promise.reject(new Error(this.hanging));
    return new Promise((resolve, reject) => {
      const env = { ...this.variables, LC_ALL: 'C' };
      const child = execFile(this.program, args, { env, maxBuffer: MAX_BYTES }, (error, stdout, stderr) => {
        clearTimeout(timer);
        this.hanging = undefined;
        if (error === null || stdout.includes('</nvidia_smi_log>')) resolve(stdout);
        else reject(failureOf(error, stdout || stderr));
      });
      child.stdin?.end();
      const timer = setTimeout(() => {
        this.hanging = `it does not answer within ${this.patienceMs / 1000} s`;
        child.kill('SIGKILL');
        child.unref();
        reject(new Error(this.hanging));
      }, this.patienceMs);
    });
  }
}

function failureOf(error: Error, said: string): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return new NoNvidiaSmi(`it cannot be run: ${code}`);
  return new Error(said.trim().split('\n')[0] || error.message);
}
