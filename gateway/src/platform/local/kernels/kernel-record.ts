/**
 * The document that a kernel is remembered by (`<id>.json`) for as long as it waits for compute or holds any. Another
 * version of this program may have written it: keys that are unknown here are dropped, and new ones need a default.
 */
import { planKernel } from '@berth/operator/plan';
import type { KernelPhase, ObservedKernel } from '@berth/operator/plan';
import { z } from 'zod';
import { KernelId, KernelRequest } from '../../../contract/index.js';

const EpochMs = z.int().min(0);

export const KernelRecord = z.object({
  version: z.literal(1),
  id: KernelId,
  /** The machine whose compute it is. */
  host: z.string(),
  /** Path of its notebook from the Jupyter root, for people; empty when it is not known. */
  notebook: z.string(),
  /** The same, absolute: which notebook it is. */
  file: z.string().nullable(),
  environment: z.string(),
  /** Of the environment that it was started in. */
  lockHash: z.string(),
  offer: z.string(),
  /** Devices; of processors the cores that it may use. */
  count: z.int().min(1),
  /** How many threads libraries may use, where somebody has said so. */
  threads: z.int().min(1).nullable(),
  claimedAtMs: EpochMs,
  readyAtMs: EpochMs.nullable(),
  /** Ids of the GPUs or MIG instances that it has. */
  devices: z.array(z.string()),
  launchedAtMs: EpochMs.nullable(),
  /** Jupyter's id of the kernel: until it is launched, of the one that it is to replace. */
  kernelId: KernelRequest.shape.kernelId.unwrap().nullable(),
  /** Id of the kernel of the same notebook whose devices this one takes over. */
  heirOf: KernelId.nullable(),
  process: z.object({ pid: z.int().min(1), identity: z.string() }).nullable(),
  /** Its server has said that it is over. */
  ended: z.boolean()
});
export type KernelRecord = z.infer<typeof KernelRecord>;

/** What is so of a kernel unless something else is known. */
export const BLANK_RECORD: Omit<
  KernelRecord,
  'version' | 'id' | 'host' | 'notebook' | 'environment' | 'offer' | 'claimedAtMs'
> = {
  file: null,
  lockHash: '',
  count: 1,
  threads: null,
  readyAtMs: null,
  devices: [],
  launchedAtMs: null,
  kernelId: null,
  heirOf: null,
  process: null,
  ended: false
};

/** One kernel in the memory of this gateway. */
export interface TrackedKernel {
  record: KernelRecord;
  /** When its process was first seen to be gone. */
  goneSinceMs: number | undefined;
  /** The file says what `record` does. */
  isSaved: boolean;
}

/** What the plan sees of it. */
export function observedKernel({ record, goneSinceMs }: TrackedKernel, admitted: boolean): ObservedKernel {
  const { readyAtMs, launchedAtMs, process, ended } = record;
  const state =
    goneSinceMs === undefined ? { state: 'alive' as const } : { state: 'gone' as const, sinceMs: goneSinceMs };
  return {
    admitted,
    ended,
    ...(readyAtMs === null ? {} : { readyAtMs }),
    ...(launchedAtMs === null ? {} : { launchedAtMs }),
    ...(process === null ? {} : { process: state })
  };
}

/** The phase that it is in. */
export function phaseOf(kernel: TrackedKernel, now: Date): KernelPhase {
  return planKernel(observedKernel(kernel, false), now).phase;
}
