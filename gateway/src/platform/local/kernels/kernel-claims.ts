/**
 * Decides what each kernel holds, and who takes over from whom.
 *
 * A kernel that is to replace another of its notebook takes over the devices of that one: it would wait for itself for
 * ever where they are the only ones. Until it is launched they count as the former kernel's, from then on as its own, so
 * that at no time anything is counted twice or given away between the two.
 */
import type { ComputeClaim } from '../ports.js';
import type { KernelRecord, TrackedKernel } from './kernel-record.js';
import { kernelName } from './kernel-view.js';

export const CPU = 'cpu';

interface Share {
  readonly slots: number;
  readonly devices: readonly string[];
}

/** What kernels hold or wait for, as the queue and the offers see it. */
export function kernelClaims(kernels: readonly TrackedKernel[]): ComputeClaim[] {
  const records = kernels.map(({ record }) => record);
  return kernels.map(({ record, goneSinceMs }) => ({
    kind: 'kernel',
    id: record.id,
    name: kernelName(record),
    offer: record.offer,
    ...shareOf(record, records),
    priority: 0,
    submittedAtMs: record.claimedAtMs,
    state: record.readyAtMs === null ? 'waiting' : 'holding',
    sinceMs: record.readyAtMs ?? record.claimedAtMs,
    pids: record.process === null || goneSinceMs !== undefined ? [] : [record.process.pid],
    kernelId: record.launchedAtMs === null ? null : record.kernelId,
    heirOf: record.heirOf
  }));
}

/**
 * The kernel whose devices a new one may take over: the one that its notebook runs in now, on the same offer, unless
 * another is to take them over already.
 */
export function formerOf(
  asked: Pick<KernelRecord, 'offer' | 'file' | 'kernelId'>,
  records: readonly KernelRecord[]
): KernelRecord | undefined {
  if (asked.offer === CPU) return undefined;
  return records.find(
    one =>
      one.launchedAtMs !== null &&
      one.offer === asked.offer &&
      ((asked.kernelId !== null && one.kernelId === asked.kernelId) ||
        (asked.file !== null && one.file === asked.file)) &&
      !records.some(other => other.heirOf === one.id)
  );
}

/** The devices that a kernel that waits takes over. */
export function inheritedDevices(
  record: Pick<KernelRecord, 'heirOf' | 'count'>,
  records: readonly KernelRecord[]
): string[] {
  const former = records.find(({ id }) => id === record.heirOf);
  return former === undefined ? [] : former.devices.slice(0, record.count);
}

/** Whether one has taken over from the other: it was launched since. */
export function isHeir({ heirOf, launchedAtMs }: KernelRecord, former: KernelRecord): boolean {
  return heirOf === former.id && launchedAtMs !== null;
}

/** Kernels on the processors hold no slots: they share them, and never keep a run waiting. */
function shareOf(record: KernelRecord, records: readonly KernelRecord[]): Share {
  if (record.offer === CPU) return { slots: 0, devices: [] };
  const former = records.find(({ id }) => id === record.heirOf);
  if (record.launchedAtMs === null && former !== undefined) return less(record, former);
  const heir = records.find(one => isHeir(one, record));
  return heir === undefined ? { slots: record.count, devices: record.devices } : less(record, heir);
}

/** What of one kernel's compute is not the other's. */
function less({ count, devices }: KernelRecord, other: KernelRecord): Share {
  return {
    slots: Math.max(0, count - other.count),
    devices: devices.filter(device => !other.devices.includes(device))
  };
}
