/** Decides when it is announced that something goes, when that is taken back, and when the time is over. */
import type { Announcement } from './activity-memory.js';
import type { Goal } from './goal.js';
import type { Standing } from './standing.js';

export interface Countdown {
  readonly announced: Announcement | null;
  /** When it goes, if nothing changes; null: never by itself. */
  readonly atMs: number | null;
  /** Its time is over, and a fresh look has confirmed it. */
  readonly isDue: boolean;
}

const NEVER: Countdown = { announced: null, atMs: null, isDue: false };

/**
 * It is announced one look more than the warning ahead, so that the warning is not what makes it late. The warning is also counted
 * in time that was observed: a machine that slept meanwhile has warned nobody.
 */
export function countDown(
  standing: Standing,
  goal: Goal,
  before: Announcement | null,
  { nowMs, readEveryMs }: { readonly nowMs: number; readonly readEveryMs: number }
): Countdown {
  const { idleMs, countedMs } = standing;
  const { needMs, notBeforeMs, warnMs } = goal;
  if (needMs === null || standing.activity === 'active') return NEVER;
  const overMs = countedMs + needMs - idleMs;
  const goesMs = Math.max(afterUnknown(overMs, standing), notBeforeMs);
  const aheadMs = warnMs + readEveryMs;
  // What becomes unknown during the countdown is not taken back: it only cannot end by itself.
  const stays = before !== null && Math.max(overMs, notBeforeMs) - nowMs <= aheadMs + readEveryMs;
  if (!stays && goesMs - nowMs > aheadMs) return { ...NEVER, atMs: finite(goesMs) };
  const announced = stays ? before : { atMs: nowMs, idleMs, isDry: goal.hold === 'dry-run' };
  const warnedMs = announced.atMs + warnMs;
  const leftMs = warnMs - (idleMs - announced.idleMs);
  const isOver = idleMs >= needMs && leftMs <= 0 && nowMs >= Math.max(warnedMs, notBeforeMs);
  return {
    announced,
    atMs: finite(Math.max(goesMs, warnedMs, countedMs + leftMs)),
    isDue: isOver && standing.idleLooks >= 2
  };
}

/**
 * What was announced and still counts. Of what a dry run would have done nobody was warned; and a warning that seems to have been given
 * later than now was given by a clock that has been set back since: it would count for as long as that, so it is given anew.
 */
export function stillAnnounced(announced: Announcement | null, { hold }: Goal, nowMs: number): Announcement | null {
  const counts = announced !== null && announced.isDry === (hold === 'dry-run') && announced.atMs <= nowMs;
  return counts ? announced : null;
}

/** What is unknown has to be so for its time first. */
function afterUnknown(overMs: number, { untilIdleMs, countedMs }: Standing): number {
  return untilIdleMs > 0 ? Math.max(overMs, countedMs) + untilIdleMs : overMs;
}

function finite(ms: number): number | null {
  return Number.isFinite(ms) ? ms : null;
}
