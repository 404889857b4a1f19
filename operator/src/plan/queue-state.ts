/** Decides what a run is to the queue, so that every platform counts the same runs. */
import { planRun } from './plan-run.js';
import type { QueueEntry } from './plan-queue.js';
import type { ObservedRun } from './run.js';

/**
 * A run with a live attempt is `holding`, cleaning up included: its slots are free only when the attempt has ended.
 * `waiting`: it would start if it were admitted. Undefined: it is over, waits for a retry, or is about to end.
 */
export function queueState(seen: ObservedRun, now: Date): QueueEntry['state'] | undefined {
  if (seen.attempts.some(attempt => attempt.state !== 'ended')) return 'holding';
  if (seen.stopRequested?.reason === 'preempted') return undefined;
  const { status } = planRun({ ...seen, admitted: false }, now);
  return status.reason?.code === 'WaitingForCompute' ? 'waiting' : undefined;
}
