/**
 * Decides whether a snooze is granted. Each subject has a budget over a time; what is granted is kept by the judge, so that neither
 * a repeated request nor a restart adds anything. What a clock that jumps makes doubtful counts against the budget.
 */
import type { SnoozeAnswer, SnoozeRequest } from './exchange.js';
import type { Subject } from './judgement.js';
import type { MergedPolicy } from './merge-policies.js';
import { durationInWords } from './duration-in-words.js';

export interface GrantedSnooze {
  readonly id: string;
  readonly subject: Subject;
  readonly atMs: number;
  readonly addedMs: number;
}

/** A request that is older was lost on its way, or is somebody's replay. */
const OLDEST_MS = 600_000;
/** Two clocks never agree to the second. */
const AHEAD_MS = 60_000;

/**
 * The answer, and what is to be kept if it is granted. `askedMs` of the request is to be in the judge's clock. An id that was granted
 * gets the same answer again, and nothing is added.
 */
export function answerSnooze(
  request: SnoozeRequest,
  granted: readonly GrantedSnooze[],
  policies: MergedPolicy,
  nowMs: number
): { answer: SnoozeAnswer; grant?: GrantedSnooze } {
  const { id, subject, askedMs } = request;
  const before = granted.findIndex(one => one.id === id);
  if (before >= 0) return { answer: yes(id, granted.slice(0, before + 1), subject) };
  if (nowMs - askedMs > OLDEST_MS) return { answer: no(id, 'It was asked for more than 10 min ago. Ask again.') };
  if (askedMs - nowMs > AHEAD_MS)
    return { answer: no(id, 'It was asked for in the future. Check the clock of the machine.') };
  const addedMs = Math.min(policies.policy.snooze.stepSeconds * 1000, snoozeLeftMs(subject, granted, policies, nowMs));
  if (addedMs <= 0) return { answer: no(id, refusal(policies)) };
  const grant = { id, subject, atMs: nowMs, addedMs };
  return { answer: yes(id, [...granted, grant], subject), grant };
}

/** Those that still count for a budget or a time; the others can be forgotten. */
export function liveSnoozes(granted: readonly GrantedSnooze[], policies: MergedPolicy, nowMs: number): GrantedSnooze[] {
  const perMs = policies.policy.snooze.perSeconds * 1000;
  return granted.filter(({ atMs }) => nowMs - atMs < perMs);
}

/** What snoozes may still add for this subject. */
export function snoozeLeftMs(
  subject: Subject,
  granted: readonly GrantedSnooze[],
  policies: MergedPolicy,
  nowMs: number
): number {
  const { budgetSeconds, perSeconds } = policies.policy.snooze;
  const used = granted
    .filter(one => isSame(one.subject, subject) && Math.abs(nowMs - one.atMs) < perSeconds * 1000)
    .reduce((sum, { addedMs }) => sum + addedMs, 0);
  return Math.max(0, budgetSeconds * 1000 - used);
}

/** Until when these snoozes keep it, each one from the end of the one before; `undefined`: there is none. */
export function snoozedUntilMs(snoozes: readonly GrantedSnooze[]): number | undefined {
  let untilMs: number | undefined;
  for (const { atMs, addedMs } of snoozes) untilMs = Math.max(untilMs ?? atMs, atMs) + addedMs;
  return untilMs;
}

/** Whether both name the same kernel, or both the workspace. */
export function isSame(a: Subject, b: Subject): boolean {
  return a.kind === 'kernel' ? b.kind === 'kernel' && a.id === b.id : b.kind === 'workspace';
}

function yes(id: string, granted: readonly GrantedSnooze[], subject: Subject): SnoozeAnswer {
  const own = granted.filter(one => isSame(one.subject, subject));
  const message = `${durationInWords(own.at(-1)?.addedMs ?? 0)} more.`;
  return { id, granted: true, untilMs: snoozedUntilMs(own) ?? null, message };
}

function no(id: string, message: string): SnoozeAnswer {
  return { id, granted: false, untilMs: null, message };
}

function refusal({ policy, sources }: MergedPolicy): string {
  const { budgetSeconds, perSeconds } = policy.snooze;
  const whose = `the policy of the ${sources['snooze.budgetSeconds'] ?? 'platform'}`;
  if (budgetSeconds === 0) return `Nothing can be snoozed: ${whose} allows none.`;
  const [budget, per] = [durationInWords(budgetSeconds * 1000), durationInWords(perSeconds * 1000)];
  return `The ${budget} that ${whose} allows in ${per} are used up.`;
}
