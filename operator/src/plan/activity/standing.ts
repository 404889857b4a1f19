/** Decides how a kernel or the workspace stands now: what its tally says, and what it says no longer where the judge is blind. */
import type { ActivityMemory, Blindness, SeenSignal, Tally, Verdict } from './activity-memory.js';
import type { SignalView } from './judgement.js';

export interface Standing {
  readonly activity: Verdict;
  readonly sinceMs: number;
  readonly lastActiveMs: number | null;
  readonly idleMs: number;
  readonly idleLooks: number;
  /** How much more unknown time would have to pass before it counts as idle; 0 where it is known. */
  readonly untilIdleMs: number;
  /** Up to when `idleMs` has been counted. */
  readonly countedMs: number;
  readonly signals: readonly SignalView[];
  /** Why nothing is known, where that is so, and for how long. */
  readonly unseen: { readonly ms: number; readonly why: string } | undefined;
}

/** The clocks of agent and judge, brought together. */
export interface Clocks {
  readonly nowMs: number;
  readonly skewMs: number;
}

/** A time of the agent's clock in the judge's; never after now. */
export function judgeMs(t: number, { nowMs, skewMs }: Clocks): number {
  return Math.max(0, Math.min(nowMs, Math.round(t * 1000 - skewMs)));
}

export function standingOf(
  tally: Tally,
  { blind, lookT }: Pick<ActivityMemory, 'blind' | 'lookT'>,
  unknownMaxMs: number,
  clocks: Clocks
): Standing {
  const { activity, idleMs, idleLooks, unknownMs, lastActiveT } = tally;
  const standing: Standing = {
    activity,
    sinceMs: judgeMs(tally.sinceT, clocks),
    lastActiveMs: lastActiveT === null ? null : judgeMs(lastActiveT, clocks),
    idleMs,
    idleLooks,
    untilIdleMs: activity === 'unknown' ? Math.max(0, unknownMaxMs - unknownMs) : 0,
    countedMs: lookT === null ? clocks.nowMs : judgeMs(lookT, clocks),
    signals: tally.signals.map(seen => view(seen, clocks)),
    unseen: tally.verdict === 'unknown' ? { ms: unknownMs, why: tally.signals[0]?.text ?? '' } : undefined
  };
  return blind === null ? standing : { ...standing, ...blindStanding(tally, blind, unknownMaxMs, standing) };
}

/** Nothing is known now. From the limit of the unknown on that counts as idle, as it does for looks that failed. */
function blindStanding(tally: Tally, blind: Blindness, unknownMaxMs: number, seen: Standing): Partial<Standing> {
  const unknownMs = tally.unknownMs + blind.ms;
  const isOver = tally.unknownMs + blind.beforeMs >= unknownMaxMs;
  const signal: SignalView = { signal: 'failed-reading', counts: false, text: blind.why, atMs: blind.atMs };
  return {
    activity: isOver ? 'idle' : 'unknown',
    sinceMs: tally.activity === 'unknown' ? seen.sinceMs : blind.sinceMs,
    idleMs: tally.idleMs + Math.max(0, Math.min(blind.ms, unknownMs - unknownMaxMs)),
    idleLooks: isOver ? 2 : 0,
    untilIdleMs: Math.max(0, unknownMaxMs - unknownMs),
    countedMs: blind.atMs,
    signals: [signal, ...seen.signals.map(one => ({ ...one, counts: false }))].slice(0, 20),
    unseen: { ms: unknownMs, why: blind.why }
  };
}

function view({ t, ...signal }: SeenSignal, clocks: Clocks): SignalView {
  return { ...signal, atMs: judgeMs(t, clocks) };
}
