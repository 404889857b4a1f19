/** Which stops are to come by themselves, and which of them a person should hear of. Pure. */
import type { Judgement } from '@berth/gateway/contract';

/** What is announced is looked at every 15 seconds or more often. */
const SILENT_MS = 60_000;

/** One whose time is known. */
export interface IDue extends Judgement {
  readonly next: Judgement['next'] & { readonly atMs: number };
}

/** Does it go by itself, unless somebody does something? In a dry run it would. */
export function isDue(judgement: Judgement): judgement is IDue {
  const { activity, next } = judgement;
  if (activity === 'active' || next.atMs === null) return false;
  return next.hold === null || next.hold === 'unconfirmed' || next.hold === 'dry-run';
}

/** Is a person told of it ahead of time? Of what only would be done nobody is. */
export function isAnnounced(judgement: Judgement): judgement is IDue {
  return isDue(judgement) && judgement.next.warnedAtMs !== null && judgement.next.hold !== 'dry-run';
}

/**
 * An end that was announced by a judge of whom nothing is heard since does not come, whatever a countdown would say.
 *
 * @param judgedMs - When that judge was last heard of.
 * @param nowMs - By the same clock.
 * @returns how long nothing was heard; null: it is not held up by that.
 */
export function heldUpMs(judgement: Judgement, judgedMs: number | null, nowMs: number): number | null {
  if (judgedMs === null || !isAnnounced(judgement)) return null;
  const silentMs = nowMs - judgedMs;
  return silentMs > SILENT_MS ? silentMs : null;
}

export function canSnooze(judgement: Judgement): boolean {
  return isDue(judgement) && judgement.next.hold !== 'dry-run' && judgement.next.snoozeLeftMs > 0;
}

/** Undefined: nothing is to come. */
export function soonest(judgements: readonly Judgement[]): IDue | undefined {
  const due = judgements.filter(isDue);
  return due.reduce<IDue | undefined>((a, b) => (a !== undefined && a.next.atMs <= b.next.atMs ? a : b), undefined);
}

/** As a list is read best: what goes first stands first, then what is idle longest; the workspace stands at the end. */
export function bySoonest(judgements: readonly Judgement[]): Judgement[] {
  const rank = (it: Judgement): number =>
    it.subject.kind === 'workspace' ? Infinity : isDue(it) ? it.next.atMs : 1e15;
  return [...judgements].sort((a, b) => compare(rank(a), rank(b)) || b.idleMs - a.idleMs || (a.name < b.name ? -1 : 1));
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
