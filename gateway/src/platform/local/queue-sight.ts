/** What the queue and the offers look like with the runs that there are. */
import { deadlineAtMs, queueState } from '@berth/operator/plan';
import type { Capacity, QueueEntry } from '@berth/operator/plan';
import type { Offer } from '../../contract/index.js';
import { capacitiesOf, offerViews } from './offers.js';
import type { Machine } from './offers.js';
import type { TrackedRun } from './tracked-run.js';

/** The queue as it is now. */
export interface QueueSight {
  readonly capacities: readonly Capacity[];
  readonly entries: readonly QueueEntry[];
  readonly endsInMs: ReadonlyMap<string, number>;
}

/** The runs as the queue sees them. */
export function queueEntries(runs: Iterable<TrackedRun>, now: Date): QueueEntry[] {
  return [...runs].flatMap(run => {
    const state = run.isFinal ? undefined : queueState(run.observed(false), now);
    if (state === undefined) return [];
    const { offer, processes: slots, priority } = run.record.request;
    return [{ id: run.id, offer, slots, priority, submittedAtMs: run.record.submittedAtMs, state }];
  });
}

/** The queue with what is certain about its future: a run with a deadline will have let go after it and its grace. */
export function queueSight(runs: readonly TrackedRun[], machine: Machine, now: Date): QueueSight {
  const ends = runs.flatMap(run => {
    const atMs = run.isFinal ? undefined : deadlineAtMs(run.observed(false));
    return atMs === undefined
      ? []
      : [[run.id, Math.max(0, atMs + run.record.request.graceMs - now.getTime())] as const];
  });
  return { capacities: capacitiesOf(machine), entries: queueEntries(runs, now), endsInMs: new Map(ends) };
}

/** The offers with those who hold them. */
export function offersNow(runs: readonly TrackedRun[], machine: Machine, now: Date): Offer[] {
  const holders = runs.map(({ id, record }) => {
    return [id, { name: record.stem, sinceMs: record.attempts.at(-1)?.startedAtMs ?? record.submittedAtMs }] as const;
  });
  return offerViews(machine, queueEntries(runs, now), new Map(holders));
}
