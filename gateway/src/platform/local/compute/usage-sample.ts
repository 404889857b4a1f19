/** Decides what a person sees of two looks at the machine: rates from the difference, levels from the later one. */
import type { UsageSample } from '../../../contract/index.js';
import type { ComputeClaim } from '../ports.js';
import type { OfferedDevice } from './device-offers.js';
import { busyCores } from './machine-reading.js';
import type { MachineReading } from './machine-reading.js';
import type { Machine } from './machine.js';
import { coresOf, memoryOf } from './process-tree.js';
import type { ProcessReading } from './process-tree.js';

const LONGEST_MS = 10 * 60_000;

/** All that is read in one look. */
export interface UsageReading extends ProcessReading {
  /** By the clock on the wall. */
  readonly atMs: number;
  readonly machine: MachineReading;
  /** Undefined: they could not be looked at. */
  readonly devices: readonly OfferedDevice[] | undefined;
}

/** The sample of the later look. `known`: the devices as they were last seen. */
export function usageSample(
  before: UsageReading | undefined,
  now: UsageReading,
  machine: Machine,
  known: readonly OfferedDevice[],
  claims: readonly ComputeClaim[]
): UsageSample {
  const holding = claims.filter(claim => claim.state === 'holding');
  return {
    atMs: now.atMs,
    machine: {
      cores: before === undefined ? null : busyCores(before.machine, now.machine, now.atS - before.atS),
      coresTotal: machine.cores,
      memoryBytes: now.machine.memoryBytes,
      memoryTotalBytes: machine.memoryBytes
    },
    devices: known.map(({ id, memoryBytes: memoryTotalBytes }) => {
      const seen = now.devices?.find(device => device.id === id);
      const { utilisation = null, memoryUsedBytes = null } = seen ?? {};
      return { id, utilisation, memoryBytes: memoryUsedBytes, memoryTotalBytes };
    }),
    holders: holding.map(({ kind, id, pids }) => ({
      kind,
      id,
      cores: coresOf(before, now, pids),
      memoryBytes: memoryOf(now.table, pids)
    }))
  };
}

/** The samples with a new one, without those that are too old. After the clock was set back the old ones mean nothing. */
export function withSample(samples: readonly UsageSample[], sample: UsageSample): UsageSample[] {
  const hasJumped = (samples.at(-1)?.atMs ?? -Infinity) >= sample.atMs;
  const kept = hasJumped ? [] : samples.filter(({ atMs }) => sample.atMs - atMs < LONGEST_MS);
  return [...kept, sample];
}
