/** What this machine offers, and who has it. Discovered, never listed by hand; for now its processors. */
import { readFile } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { slotsHeld } from '@berth/operator/plan';
import type { Capacity, QueueEntry } from '@berth/operator/plan';
import type { Offer } from '../../contract/index.js';

const GIB = 1024 ** 3;
/** Two processes are the smallest distributed run; a machine with one core takes turns. */
const FEWEST_SLOTS = 2;

/** What a machine has that runs may use. */
export interface Machine {
  readonly cores: number;
  readonly memoryBytes: number;
}

/** Measures this machine, as far as its scheduler and its container let us use it. */
export async function measureMachine(): Promise<Machine> {
  const limits = await Promise.all([
    limitOf('/sys/fs/cgroup/memory.max'),
    limitOf('/sys/fs/cgroup/memory/memory.limit_in_bytes')
  ]);
  return { cores: await usableCores(), memoryBytes: Math.min(totalmem(), ...limits) };
}

/** The queue's view of the machine. */
export function capacitiesOf(machine: Machine): Capacity[] {
  return [{ offer: 'cpu', slots: Math.max(FEWEST_SLOTS, machine.cores) }];
}

/** What the offers look like with these runs; `names` and `since` are by id of a run. */
export function offerViews(
  machine: Machine,
  entries: readonly QueueEntry[],
  holders: ReadonlyMap<string, { readonly name: string; readonly sinceMs: number }>
): Offer[] {
  return capacitiesOf(machine).map(({ offer, slots }) => {
    const ofOffer = entries.filter(entry => entry.offer === offer);
    return {
      id: offer,
      kind: 'cpu',
      title: titleOf(machine),
      slots,
      used: slotsHeld(offer, entries),
      waiting: ofOffer.filter(entry => entry.state === 'waiting').length,
      memoryBytes: machine.memoryBytes,
      holders: ofOffer
        .filter(entry => entry.state === 'holding')
        .map(entry => ({
          runId: entry.id,
          slots: entry.slots,
          ...(holders.get(entry.id) ?? { name: entry.id, sinceMs: 0 })
        }))
    };
  });
}

function titleOf({ cores, memoryBytes }: Machine): string {
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
