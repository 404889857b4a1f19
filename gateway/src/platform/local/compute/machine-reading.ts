/** Reads how busy the processors and the memory of this machine are, or of its container where that has less. */
import { readFile } from 'node:fs/promises';
import { cpus, freemem, totalmem } from 'node:os';
import type { Machine } from './machine.js';

/** One look; null: not known. */
export interface MachineReading {
  /** By all cores together since some moment in the past. */
  readonly busySeconds: number | null;
  readonly memoryBytes: number | null;
}

/** Measures by the same things as the machine's limits come from. */
export async function readMachine(machine: Machine): Promise<MachineReading> {
  const [busySeconds, memoryBytes] = await Promise.all([busySecondsNow(), usedMemory(machine)]);
  return { busySeconds, memoryBytes };
}

/** Cores that were busy on average between two looks; null where that cannot be known. */
export function busyCores(before: MachineReading, now: MachineReading, elapsedS: number): number | null {
  if (before.busySeconds === null || now.busySeconds === null || elapsedS <= 0) return null;
  return Math.max(0, now.busySeconds - before.busySeconds) / elapsedS;
}

async function busySecondsNow(): Promise<number | null> {
  const quota = (await textOf('/sys/fs/cgroup/cpu.max')).split(' ')[0] ?? '';
  const used = /^usage_usec (\d+)$/m.exec(await textOf('/sys/fs/cgroup/cpu.stat'))?.[1];
  if (/^\d+$/.test(quota) && used !== undefined) return Number(used) / 1e6;
  const times = cpus().map(({ times: { user, nice, sys, irq } }) => user + nice + sys + irq);
  return times.length === 0 ? null : times.reduce((sum, ms) => sum + ms, 0) / 1000;
}

/** What a container has in its page cache is free for the asking. */
async function usedMemory({ memoryBytes }: Machine): Promise<number | null> {
  const current = Number((await textOf('/sys/fs/cgroup/memory.current')).trim());
  if (memoryBytes >= totalmem() || !Number.isInteger(current) || current <= 0) return totalmem() - freemem();
  const cached = /^inactive_file (\d+)$/m.exec(await textOf('/sys/fs/cgroup/memory.stat'))?.[1] ?? '0';
  return Math.max(0, current - Number(cached));
}

async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => ''); // not on this system
}
