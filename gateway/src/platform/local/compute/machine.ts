/** What of this machine's processors and memory its scheduler and its container let us use. */
import { readFile } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';

const GIB = 1024 ** 3;
/** Two processes are the smallest distributed run; a machine with one core takes turns. */
const FEWEST_SLOTS = 2;

/** What a machine has that runs may use. */
export interface Machine {
  readonly cores: number;
  readonly memoryBytes: number;
}

/** Measures this machine. */
export async function measureMachine(): Promise<Machine> {
  const limits = await Promise.all([
    limitOf('/sys/fs/cgroup/memory.max'),
    limitOf('/sys/fs/cgroup/memory/memory.limit_in_bytes')
  ]);
  return { cores: await usableCores(), memoryBytes: Math.min(totalmem(), ...limits) };
}

/** How many processes may use the processors at the same time. */
export function cpuSlots({ cores }: Machine): number {
  return Math.max(FEWEST_SLOTS, cores);
}

/** For people. */
export function cpuTitle({ cores, memoryBytes }: Machine): string {
  const memory =
    memoryBytes >= GIB ? `${Math.floor(memoryBytes / GIB)} GiB` : `${Math.floor((memoryBytes / GIB) * 1024)} MiB`;
  return `CPU · ${cores} ${cores === 1 ? 'core' : 'cores'} · ${memory}`;
}

async function usableCores(): Promise<number> {
  const [quota, period] = (await textOf('/sys/fs/cgroup/cpu.max')).split(' ').map(Number);
  const share =
    Number.isFinite(quota) && period !== undefined && period > 0 ? Math.ceil((quota ?? 0) / period) : Infinity;
  return Math.max(1, Math.min(availableParallelism(), share));
}

/** Infinity where there is no limit; cgroups of the first version write a huge number instead. */
async function limitOf(path: string): Promise<number> {
  const text = (await textOf(path)).trim();
  return /^\d+$/.test(text) && Number(text) > 0 ? Number(text) : Infinity;
}

async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
