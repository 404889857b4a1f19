/**
 * Decides whether a run is tried again after its last attempt, and after how long.
 * The count is per cause: two failed launches do not use up the retries after a preemption.
 */
import { RETRYABLE_CAUSES } from './run.js';
import type { Cause, ObservedAttempt, RetryableCause, RetryPolicy } from './run.js';

/**
 * What a run gets that asks for nothing else.
 *
 * Never for what the person's code did (ExitCode, Signal, OutOfMemory: it would do so again, at the person's cost), nor
 * for StorageFull, which stays until somebody makes room. A failed launch is tried twice more, because what is in its way
 * passes (a port, a device just let go). Preemption is nobody's fault and the bargain is to go on: many times.
 *
 * MachineRestarted and LauncherKilled are 0 on purpose. Training is expensive and code without a checkpoint starts from
 * nothing; a machine that went down under a run may go down again because of it. The person decides, with one click.
 */
export const DEFAULT_RETRY: RetryPolicy = { LaunchFailed: 2, Preempted: 20, MachineRestarted: 0, LauncherKilled: 0 };

/** The wait before the first retry doubles with each attempt that ended for the same cause, up to the longest. */
export const RETRY_BACKOFF = { firstMs: 5_000, longestMs: 300_000 } as const;

export type RetryPlan =
  | {
      readonly retry: true;
      readonly cause: RetryableCause;
      /** Which retry after this cause it is, from 1, and how many there may be. */
      readonly nth: number;
      readonly allowed: number;
      /** To wait, counted from the end of the last attempt. */
      readonly backoffMs: number;
    }
  | { readonly retry: false };

/** Plans by the cause of the last attempt; nothing to retry while it lives, and when there is none. */
export function planRetry(policy: RetryPolicy, attempts: readonly ObservedAttempt[]): RetryPlan {
  const cause = attempts.at(-1)?.outcome?.cause;
  if (cause === undefined || !isRetryable(cause)) return { retry: false };
  const nth = attempts.filter(attempt => attempt.outcome?.cause === cause).length;
  const allowed = policy[cause] ?? 0;
  if (!(nth <= allowed)) return { retry: false };
  const backoffMs = Math.min(RETRY_BACKOFF.firstMs * 2 ** (nth - 1), RETRY_BACKOFF.longestMs);
  return { retry: true, cause, nth, allowed, backoffMs };
}

/** May a policy speak of this cause at all? What a person asked for is never undone, whatever the policy says. */
export function isRetryable(cause: Cause): cause is RetryableCause {
  return (RETRYABLE_CAUSES as readonly Cause[]).includes(cause);
}
