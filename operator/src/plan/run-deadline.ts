/** Decides until when a run may take. */
import type { ObservedAttempt, ObservedRun } from './run.js';

/** The attempts that still count: those after the last retry that a person asked for. */
export function countedAttempts(seen: ObservedRun): readonly ObservedAttempt[] {
  const after = seen.retryAfterAttempt ?? 0;
  return seen.attempts.filter(attempt => attempt.number > after);
}

/**
 * When the run's time is over; undefined without a deadline, and before the first attempt that counts.
 *
 * It counts from the start of that attempt, not from the submission: a deadline limits what a training may cost, and a
 * run must not die in a queue that its owner cannot hurry. The waits between attempts count, so that one moment holds for
 * the whole run and its code can be told once (BERTH_DEADLINE).
 */
export function deadlineAtMs(seen: ObservedRun): number | undefined {
  const first = countedAttempts(seen)[0];
  const { deadlineMs } = seen.request;
  return first === undefined || deadlineMs === undefined ? undefined : first.startedAtMs + deadlineMs;
}
