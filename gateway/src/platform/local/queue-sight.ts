/** What runs hold and wait for, and what is certain about the future of the queue. */
import { deadlineAtMs, queueState } from '@berth/operator/plan';
import type { Capacity, QueueEntry } from '@berth/operator/plan';
import type { ComputeClaim } from './ports.js';
import { liveAttempt } from './run-record.js';
import type { TrackedRun } from './tracked-run.js';

/** The queue as it is now. */
export interface QueueSight {
  readonly capacities: readonly Capacity[];
  readonly entries: readonly QueueEntry[];
  readonly endsInMs: ReadonlyMap<string, number>;
}

/** What the runs hold or wait for. */
export function runClaims(runs: Iterable<TrackedRun>, now: Date): ComputeClaim[] {
  return [...runs].flatMap(run => {
    const state = run.isFinal ? undefined : queueState(run.observed(false), now);
    return state === undefined ? [] : [claimOf(run, state)];
  });
}

/** In how many milliseconds runs will have let go: one with a deadline after it and its grace. */
export function endsOf(runs: Iterable<TrackedRun>, now: Date): ReadonlyMap<string, number> {
  const ends = [...runs].flatMap(run => {
    const atMs = run.isFinal ? undefined : deadlineAtMs(run.observed(false));
    return atMs === undefined
      ? []
      : [[run.id, Math.max(0, atMs + run.record.request.graceMs - now.getTime())] as const];
  });
  return new Map(ends);
}

function claimOf(run: TrackedRun, state: QueueEntry['state']): ComputeClaim {
  const { id, record, sight } = run;
  const { offer, processes: slots, priority } = record.request;
  const { submittedAtMs, stem: name } = record;
  return {
    kind: 'run',
    id,
    name,
    offer,
    slots,
    priority,
    submittedAtMs,
    state,
    sinceMs: record.attempts.at(-1)?.startedAtMs ?? submittedAtMs,
    devices: liveAttempt(record)?.devices ?? [],
    pids: sight.pid === undefined ? [] : [sight.pid]
  };
}
