/**
 * What is said of a workspace's idleness: the condition `Idle`. It is there only where a person should know something, so that nothing is
 * written about those that work, and about those that have been idle for a while.
 */
import type { ConditionStatus } from '../../api/index.js';
import { durationInWords, type Judgement } from '../../plan/activity/index.js';
import type { ActivityPolicies } from './activity-policies.js';

/** A few looks that fail are none of anybody's business, and take back nothing that was said. */
export const UNKNOWN_FOR_MS = 10 * 60_000;

/** They are API: programs may compare them. */
export type IdleReason = 'IdleWarning' | 'Snoozed' | 'WouldStop' | 'Unknown' | 'InvalidPolicy';

export interface IdleFact {
  readonly status: ConditionStatus;
  readonly reason: IdleReason;
  readonly message: string;
}

export interface Idleness {
  /** Of the workspace as a whole. */
  readonly judged: Judgement;
  /** Its stop is announced; else it may have been put off. */
  readonly isAnnounced: boolean;
  /** It would have been stopped if this were no dry run; why. */
  readonly wouldStop: string | undefined;
  readonly policies: ActivityPolicies;
  /** When it is stopped, as it is said. */
  readonly stopAt: string | undefined;
  readonly nowMs: number;
}

export function idleFact(idleness: Idleness): IdleFact | undefined {
  const { policies, judged, wouldStop, stopAt, isAnnounced, nowMs } = idleness;
  if (policies.problems.length > 0) {
    const message = `Nothing is stopped, for a policy is malformed. ${policies.problems.join(' ')}`;
    return { status: 'Unknown', reason: 'InvalidPolicy', message };
  }
  if (!policies.merged.policy.enabled) return undefined;
  if (wouldStop !== undefined) {
    const message = `This is a dry run; otherwise it would have been stopped. ${wouldStop}`;
    return { status: 'True', reason: 'WouldStop', message };
  }
  if (stopAt !== undefined) {
    return isAnnounced
      ? { status: 'True', reason: 'IdleWarning', message: warning(judged, stopAt, nowMs) }
      : { status: 'True', reason: 'Snoozed', message: snoozed(judged, stopAt) };
  }
  if (judged.activity === 'unknown' && nowMs - judged.sinceMs >= UNKNOWN_FOR_MS) {
    const message =
      `Whether it is idle is unknown for ${durationInWords(nowMs - judged.sinceMs)}. ${measured(judged)}`.trimEnd();
    return { status: 'Unknown', reason: 'Unknown', message };
  }
  return undefined;
}

function warning(judged: Judgement, stopAt: string, nowMs: number): string {
  const { activity, idleMs, sinceMs, next } = judged;
  const state =
    activity === 'unknown'
      ? `It cannot be observed for ${durationInWords(nowMs - sinceMs)}.`
      : `Idle for ${durationInWords(idleMs)}.`;
  return `${state} It is stopped at ${stopAt}, by the policy of the ${next.policyOf}, unless somebody works in it or puts it off. ${measured(judged)}`.trimEnd();
}

function snoozed({ next }: Judgement, stopAt: string): string {
  const left =
    next.snoozeLeftMs === 0
      ? 'It cannot be put off again'
      : `Another ${durationInWords(next.snoozeLeftMs)} may be added`;
  return `It is idle, and its stop was put off: it comes at ${stopAt}. ${left}.`;
}

function measured({ signals }: Judgement): string {
  return signals.map(({ text }) => text).join(' ');
}
