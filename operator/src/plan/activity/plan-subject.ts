/** Decides what is said of one kernel, or of the workspace, and whether it goes. */
import type { ActivityMemory, KernelMemory, Remembered, Tally } from './activity-memory.js';
import { isSame } from './answer-snooze.js';
import { countDown, stillAnnounced, type Countdown } from './announce.js';
import { goalOf, type Goal } from './goal.js';
import type { Judgement, Subject } from './judgement.js';
import type { MergedPolicy } from './merge-policies.js';
import type { ActivityInput, Due } from './plan-activity.js';
import { standingOf, type Standing } from './standing.js';
import { whyIdle } from './why-idle.js';

/** While it is announced a look can matter at any moment; else at most a quarter of what an agent keeps passes unheard. */
const ANNOUNCED_RECHECK_MS = 10_000;
const SHORTEST_RECHECK_MS = 1_000;
const DRY_RECHECK_MS = 300_000;
const LONGEST_RECHECK_MS = 1_800_000;

export interface SubjectPlan<T extends Tally> {
  readonly tally: T;
  readonly judgement: Judgement;
  readonly due: Due | undefined;
  readonly isDryRun: boolean;
  readonly isNews: boolean;
  readonly recheckAfterMs: number;
}

export interface SubjectInput<T extends Tally> {
  readonly subject: Subject;
  readonly tally: T;
  readonly memory: ActivityMemory;
  readonly policies: MergedPolicy;
  readonly waits: boolean;
  readonly input: ActivityInput;
}

export function planSubject<T extends Tally>({
  subject,
  memory,
  policies,
  waits,
  input,
  ...given
}: SubjectInput<T>): SubjectPlan<T> {
  const { nowMs, readEveryMs, clockSkewMs: skewMs = 0, snoozes } = input;
  const { unknownMaxSeconds } = policies.policy;
  const unknownMaxMs = unknownMaxSeconds === null ? Infinity : unknownMaxSeconds * 1000;
  const stands = (tally: Tally): Standing => standingOf(tally, memory, unknownMaxMs, { nowMs, skewMs });
  const { lastActiveMs } = stands(given.tally);
  const { enabled } = input.policies.policy;
  const goal = goalOf({ subject, policies, enabled, waits, snoozes, lastActiveMs, nowMs });
  const recalled = recall(given.tally, stands(given.tally), goal, announcedBefore(memory, subject), readEveryMs);
  const standing = stands(recalled);
  const before = stillAnnounced(recalled.announced, goal, nowMs);
  const countdown = countDown(standing, goal, before, { nowMs, readEveryMs });
  const tally = { ...recalled, announced: countdown.announced };
  const isDryRun = goal.hold === 'dry-run';
  return {
    tally,
    judgement: judge(subject, tally, { standing, goal, countdown }, nowMs),
    due: dueOf(subject, tally, { standing, goal, countdown }, nowMs),
    isDryRun,
    isNews: !isDryRun && countdown.announced !== null && before === null,
    recheckAfterMs: recheck(standing, goal, countdown, nowMs, readEveryMs)
  };
}

/** What a judge before has announced, once there is a look to lay it on. */
function announcedBefore({ remembered, seenT }: ActivityMemory, subject: Subject): Remembered | undefined {
  return seenT === null ? undefined : remembered.findLast(one => isSame(one.subject, subject));
}

/**
 * Takes over what a judge before has announced, unless something has been seen since that would have taken it back. Whoever
 * announced it had seen it idle for its limit but the warning, even if the readings do not go back as far.
 */
function recall<T extends Tally>(
  tally: T,
  standing: Standing,
  goal: Goal,
  before: Remembered | undefined,
  readEveryMs: number
): T {
  if (before === undefined || isVoid(before, tally, standing, goal)) return tally;
  const sinceMs = Math.min(Math.max(0, standing.countedMs - before.atMs), tally.idleMs);
  const neededMs = goal.neededMs[before.limit ?? goal.limit ?? 'hard'] ?? 0;
  const leastMs = standing.lastActiveMs === null ? neededMs - goal.warnMs - readEveryMs + sinceMs : 0;
  const idleMs = Math.max(tally.idleMs, leastMs);
  return { ...tally, idleMs, announced: { atMs: before.atMs, idleMs: idleMs - sinceMs, isDry: false } };
}

function isVoid({ atMs }: Remembered, { announced }: Tally, { activity, lastActiveMs }: Standing, goal: Goal): boolean {
  const isOlder = announced !== null && announced.atMs <= atMs;
  return isOlder || activity === 'active' || Math.max(lastActiveMs ?? 0, goal.snoozedAtMs) > atMs;
}

interface Decided {
  readonly standing: Standing;
  readonly goal: Goal;
  readonly countdown: Countdown;
}

function judge(subject: Subject, tally: Tally | KernelMemory, decided: Decided, nowMs: number): Judgement {
  const { activity, sinceMs, idleMs, lastActiveMs, signals } = decided.standing;
  const { name, path } = 'quietMs' in tally ? tally : { name: 'Workspace', path: null };
  return {
    subject,
    name,
    path,
    activity,
    sinceMs,
    idleMs: activity === 'active' ? 0 : idleMs,
    lastActiveMs,
    signals: [...signals],
    next: nextStep(subject, decided, nowMs)
  };
}

function nextStep({ kind }: Subject, { goal, countdown }: Decided, nowMs: number): Judgement['next'] {
  const { atMs, announced, isDue } = countdown;
  const isOver = atMs !== null && atMs <= nowMs && !isDue;
  return {
    what: kind === 'kernel' ? 'release' : 'stop',
    atMs,
    warnedAtMs: goal.hold === null && announced !== null ? announced.atMs : null,
    limit: goal.limit,
    policyOf: goal.policyOf,
    hold: goal.hold ?? (isOver ? 'unconfirmed' : null),
    snoozeLeftMs: goal.snoozeLeftMs,
    snoozeStepMs: goal.snoozeStepMs
  };
}

function dueOf(
  subject: Subject,
  tally: Tally | KernelMemory,
  { standing, goal, countdown }: Decided,
  nowMs: number
): Due | undefined {
  const { announced, isDue } = countdown;
  if (!isDue || announced === null || goal.limit === null) return undefined;
  return {
    subject,
    why: whyIdle(tally, standing, goal),
    signals: standing.signals,
    idleMs: standing.idleMs,
    limit: goal.limit,
    policyOf: goal.policyOf,
    atMs: nowMs,
    announcedMs: announced.atMs
  };
}

/** What is active now may be idle from the last look on; the earliest that matters is then its announcement. */
function recheck(
  standing: Standing,
  goal: Goal,
  { announced, atMs, isDue }: Countdown,
  nowMs: number,
  readEveryMs: number
): number {
  if (goal.needMs === null) return LONGEST_RECHECK_MS;
  if (isDue && goal.hold === 'dry-run') return DRY_RECHECK_MS;
  const within = (ms: number, longestMs: number): number => Math.min(longestMs, Math.max(SHORTEST_RECHECK_MS, ms));
  if (announced !== null && atMs !== null) {
    return within(atMs > nowMs ? atMs - nowMs : readEveryMs, ANNOUNCED_RECHECK_MS);
  }
  const goesMs = atMs ?? standing.countedMs + goal.needMs;
  return within(Math.max(goesMs, goal.notBeforeMs) - goal.warnMs - readEveryMs - nowMs, LONGEST_RECHECK_MS);
}
