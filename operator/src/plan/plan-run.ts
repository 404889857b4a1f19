/**
 * Decides the next step of a run, from its submission to its end.
 *
 * Level-based: the plan depends on what is seen now, never on what happened before or on what woke us, so a crash between
 * any two actions costs a repetition of an action and nothing else. Rules:
 * 1. An attempt that lives comes first; while there is one, no other is started.
 * 2. What a person or a deadline wants decides only over what has not ended: an attempt that completed stays completed.
 * 3. An end that no attempt carries is recorded (`end-run`), so that a clock that goes back cannot undo it.
 * 4. Clocks may jump. A wait that depends on one is bounded in both directions.
 */
import { finalPhaseOf } from './final-phase.js';
import { planRetry } from './plan-retry.js';
import { remainingMs } from './remaining-ms.js';
import { countedAttempts, deadlineAtMs } from './run-deadline.js';
import type {
  Cause,
  ObservedAttempt,
  ObservedRun,
  Outcome,
  RunAction,
  RunPlan,
  RunReason,
  RunStatus,
  StopReason
} from './run.js';

/** After this long a start that nobody has taken up is asked for again. */
export const START_PATIENCE_MS = 15_000;

/** No plan sleeps longer: a timer takes 31 bits of milliseconds at most, and a clock may jump meanwhile. */
export const LONGEST_RECHECK_MS = 3_600_000;

const MACHINE_RESTARTED: Outcome = {
  cause: 'MachineRestarted',
  message:
    'The machine went down while this attempt was running. Retry to go on from its last checkpoint, if it wrote one.'
};

/** Against the contract, and no reason to start the code of a person a second time. */
const NO_OUTCOME: Outcome = { cause: 'LauncherKilled', message: 'The attempt ended and left no outcome behind.' };

const STOP_OUTCOMES: Readonly<Record<Exclude<StopReason, 'preempted'>, Outcome>> = {
  cancel: { cause: 'Cancelled', message: 'Cancelled while it was waiting; no process was running.' },
  deadline: { cause: 'DeadlineExceeded', message: 'Its deadline passed while it was waiting; no process was running.' }
};

const STOPPING: Readonly<Record<StopReason, { readonly code: Cause; readonly message: string }>> = {
  cancel: { code: 'Cancelled', message: 'Stopping, because it was cancelled.' },
  deadline: { code: 'DeadlineExceeded', message: 'Stopping, because its deadline has passed.' },
  preempted: { code: 'Preempted', message: 'Stopping, because the platform takes the compute back.' }
};

/** Plans the actions to take now and the status to show after them; the same observation and time give the same plan. */
export function planRun(seen: ObservedRun, now: Date): RunPlan {
  const nowMs = now.getTime();
  const live = seen.attempts.find(attempt => attempt.state !== 'ended');
  if (live !== undefined) return planLive(seen, live, nowMs);
  const over = endOf(seen);
  if (over !== undefined) return { actions: [], status: ended(over) };
  return planWaiting(seen, nowMs);
}

/** The end that is already on record, if the run is over. */
function endOf(seen: ObservedRun): Outcome | undefined {
  const completed = seen.attempts.find(attempt => attempt.outcome?.cause === 'Completed');
  if (completed !== undefined) return completed.outcome;
  if (seen.ended !== undefined) return seen.ended;
  const counted = countedAttempts(seen);
  const last = counted.at(-1);
  if (last === undefined || planRetry(seen.request.retry, counted).retry) return undefined;
  return last.outcome ?? NO_OUTCOME;
}

function planLive(seen: ObservedRun, live: ObservedAttempt, nowMs: number): RunPlan {
  const { number } = live;
  if (live.state === 'machine-restarted') return planMachineRestarted(seen, live, nowMs);
  if (live.state === 'vanished') {
    const reason = { code: 'LauncherKilled', message: 'The launcher is gone; cleaning up after it.' } as const;
    return { actions: [{ kind: 'reap-attempt', number }], status: { phase: 'Stopping', reason } };
  }
  const stop = stopReason(seen, nowMs);
  if (stop !== undefined) {
    const actions: RunAction[] = [{ kind: 'stop-attempt', number, reason: stop }];
    return { actions, status: { phase: 'Stopping', reason: STOPPING[stop] }, recheckAfterMs: START_PATIENCE_MS };
  }
  const leftMs = untilDeadlineMs(seen, nowMs);
  if (live.state === 'running') return withRecheck({ actions: [], status: { phase: 'Running' } }, leftMs);
  const patienceMs = remainingMs(live.startedAtMs, START_PATIENCE_MS, nowMs);
  const actions: RunAction[] = patienceMs === 0 ? [{ kind: 'start-attempt', number }] : [];
  const recheck = Math.min(leftMs ?? Infinity, patienceMs === 0 ? START_PATIENCE_MS : patienceMs);
  return withRecheck({ actions, status: { phase: 'Starting' } }, recheck);
}

/** Records the end, and shows already what follows from it: the next plan will say the same. */
function planMachineRestarted(seen: ObservedRun, live: ObservedAttempt, nowMs: number): RunPlan {
  const outcome = MACHINE_RESTARTED;
  const attempts = seen.attempts.map(attempt =>
    attempt === live ? { ...attempt, state: 'ended' as const, endedAtMs: nowMs, outcome } : attempt
  );
  const { status } = planRun({ ...seen, attempts, admitted: false }, new Date(nowMs));
  return { actions: [{ kind: 'end-attempt', number: live.number, outcome }], status, recheckAfterMs: 0 };
}

/** No attempt lives and the run is not over: it waits for a retry, for its turn or for its environment. */
function planWaiting(seen: ObservedRun, nowMs: number): RunPlan {
  const stop = stopReason(seen, nowMs);
  if (stop !== undefined && stop !== 'preempted') return endRun(STOP_OUTCOMES[stop]);
  const leftMs = untilDeadlineMs(seen, nowMs) ?? LONGEST_RECHECK_MS;
  const retry = planBackoff(seen, leftMs, nowMs);
  if (retry !== undefined) return retry;
  if (!seen.admitted || stop === 'preempted') {
    return withRecheck(queued('WaitingForCompute', `Waiting for compute on ${seen.request.offer}.`), leftMs);
  }
  return withRecheck(planStart(seen, (seen.attempts.at(-1)?.number ?? 0) + 1), leftMs);
}

/** The wait before a retry, while it lasts. */
function planBackoff(seen: ObservedRun, leftMs: number, nowMs: number): RunPlan | undefined {
  const retry = planRetry(seen.request.retry, countedAttempts(seen));
  const last = seen.attempts.at(-1);
  if (!retry.retry || last === undefined) return undefined;
  const waitMs = remainingMs(last.endedAtMs ?? last.startedAtMs, retry.backoffMs, nowMs);
  if (waitMs === 0) return undefined;
  const message = `${last.outcome?.message ?? ''} Retry ${retry.nth} of ${retry.allowed} follows.`.trim();
  return withRecheck(queued('WaitingToRetry', message), Math.min(leftMs, waitMs));
}

function planStart(seen: ObservedRun, number: number): RunPlan {
  const { state, message } = seen.environment;
  if (state === 'failed') {
    return endRun({
      cause: 'EnvironmentFailed',
      message: `The environment could not be made: ${message ?? 'no reason was given'}`
    });
  }
  if (state === 'ready') return { actions: [{ kind: 'start-attempt', number }], status: { phase: 'Starting' } };
  const reason = { code: 'CreatingEnvironment', message: 'Making the environment.' } as const;
  return {
    actions: state === 'absent' ? [{ kind: 'create-environment' }] : [],
    status: { phase: 'Starting', reason }
  };
}

/** A recorded wish goes before a deadline: it was there first, or the deadline would have ended the run already. */
function stopReason(seen: ObservedRun, nowMs: number): StopReason | undefined {
  if (seen.stopRequested !== undefined && seen.stopRequested.reason !== 'preempted') return seen.stopRequested.reason;
  const atMs = deadlineAtMs(seen);
  if (atMs !== undefined && nowMs >= atMs) return 'deadline';
  return seen.stopRequested?.reason;
}

function untilDeadlineMs(seen: ObservedRun, nowMs: number): number | undefined {
  const atMs = deadlineAtMs(seen);
  return atMs === undefined ? undefined : Math.max(0, atMs - nowMs);
}

function queued(code: RunReason, message: string): RunPlan {
  return { actions: [], status: { phase: 'Queued', reason: { code, message } } };
}

function endRun(outcome: Outcome): RunPlan {
  return { actions: [{ kind: 'end-run', outcome }], status: ended(outcome) };
}

function ended({ cause, message }: Outcome): RunStatus {
  return { phase: finalPhaseOf(cause), reason: { code: cause, message } };
}

/** A plan that has ended the run is not looked at again. */
function withRecheck(plan: RunPlan, afterMs: number | undefined): RunPlan {
  const over = plan.actions.some(action => action.kind === 'end-run');
  if (over || afterMs === undefined) return plan;
  return { ...plan, recheckAfterMs: Math.min(afterMs, LONGEST_RECHECK_MS) };
}
