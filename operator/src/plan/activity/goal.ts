/** Decides which limit holds for a kernel or the workspace, and whose it is. */
import type { PolicyLayer } from './activity-policy.js';
import { snoozedUntilMs, snoozeLeftMs, isSame, type GrantedSnooze } from './answer-snooze.js';
import type { Judgement, Subject } from './judgement.js';
import type { MergedPolicy } from './merge-policies.js';

export interface Goal {
  readonly limit: 'soft' | 'hard' | null;
  readonly policyOf: PolicyLayer;
  /** How long it is to be idle, snoozes included; null: nothing follows. */
  readonly needMs: number | null;
  /** Without snoozes. */
  readonly limitMs: number;
  /** What each limit asks for, snoozes included, whether it holds now or not. */
  readonly neededMs: Readonly<Record<'soft' | 'hard', number | null>>;
  /** Not before, for snoozes were granted; the last one when. */
  readonly notBeforeMs: number;
  readonly snoozedAtMs: number;
  readonly warnMs: number;
  readonly hold: Judgement['next']['hold'];
  readonly snoozeLeftMs: number;
  readonly snoozeStepMs: number;
}

export interface GoalInput {
  readonly subject: Subject;
  readonly policies: MergedPolicy;
  /** false: all is switched off, whatever this policy says. */
  readonly enabled: boolean;
  readonly waits: boolean;
  readonly snoozes: readonly GrantedSnooze[];
  /** Snoozes that were granted before do not lengthen this rest. */
  readonly lastActiveMs: number | null;
  readonly nowMs: number;
}

export function goalOf({ subject, policies, enabled, waits, snoozes, lastActiveMs, nowMs }: GoalInput): Goal {
  const { policy, sources } = policies;
  const { softSeconds: soft, hardSeconds: hard } = policy[subject.kind];
  const { limit, seconds } = chosen(soft, hard, waits);
  const perMs = policy.snooze.perSeconds * 1000;
  const own = snoozes.filter(one => isSame(one.subject, subject) && Math.abs(nowMs - one.atMs) < perMs);
  const addedMs = own
    .filter(({ atMs }) => lastActiveMs === null || atMs >= lastActiveMs)
    .reduce((sum, one) => sum + one.addedMs, 0);
  const isOn = enabled && policy.enabled;
  const withAdded = (limitSeconds: number | null): number | null =>
    limitSeconds === null ? null : limitSeconds * 1000 + addedMs;
  const leftMs = snoozeLeftMs(subject, own, policies, nowMs);
  return {
    limit,
    policyOf: sources[`${subject.kind}.${limit ?? 'hard'}Seconds`] ?? 'platform',
    needMs: isOn ? withAdded(seconds) : null,
    neededMs: { soft: withAdded(soft), hard: withAdded(hard) },
    limitMs: (seconds ?? 0) * 1000,
    notBeforeMs: snoozedUntilMs(own) ?? 0,
    snoozedAtMs: Math.max(0, ...own.map(({ atMs }) => atMs)),
    warnMs: policy.warnSeconds * 1000,
    hold: holdOf(isOn, limit, seconds, policy.dryRun),
    snoozeLeftMs: leftMs,
    snoozeStepMs: Math.min(leftMs, policy.snooze.stepSeconds * 1000)
  };
}

/** The soft limit holds where somebody waits, unless the hard one comes first. */
function chosen(
  soft: number | null,
  hard: number | null,
  waits: boolean
): { limit: Goal['limit']; seconds: number | null } {
  if (waits && soft !== null && (hard === null || soft < hard)) return { limit: 'soft', seconds: soft };
  if (hard !== null) return { limit: 'hard', seconds: hard };
  return { limit: soft === null ? null : 'soft', seconds: null };
}

function holdOf(isOn: boolean, limit: Goal['limit'], seconds: number | null, dryRun: boolean): Goal['hold'] {
  if (!isOn) return 'switched-off';
  if (limit === null) return 'no-limit';
  if (seconds === null) return 'nobody-waits';
  return dryRun ? 'dry-run' : null;
}
