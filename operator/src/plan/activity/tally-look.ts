/** Decides what one look adds to the tally of a kernel or the workspace: when activity ends a rest, and when rest counts. */
import { NEW_TALLY, type SeenSignal, type Tally, type Verdict } from './activity-memory.js';
import type { Interval } from './interval.js';

/** As many as a judgement may show. */
const MOST_SIGNALS = 20;

export interface Look {
  readonly verdict: Verdict;
  readonly signals: readonly SeenSignal[];
  /** Of a processor, where it was measured. */
  readonly cpu: number | null;
}

/**
 * The tally after this look. Time counts as idle only where it was observed. What is unknown adds to the unknown time, until that
 * is over its limit: from then on it counts as idle. The unknown time begins anew with activity, or with two idle looks in a row.
 */
export function tallyLook(before: Tally | undefined, look: Look, interval: Interval, unknownMaxMs: number): Tally {
  const signals = look.signals.slice(0, MOST_SIGNALS);
  const { verdict } = look;
  const tally =
    verdict === 'active' ? afterActivity(before, interval) : afterRest(before, look, interval, unknownMaxMs);
  return { ...tally, verdict, signals };
}

/** Nothing is left of a rest before it, nor of what was announced. */
function afterActivity(before: Tally | undefined, { t, restMs }: Interval): Tally {
  return { ...NEW_TALLY, activity: 'active', sinceT: since(before, 'active', t - restMs / 1000), lastActiveT: t };
}

function afterRest(before: Tally | undefined, look: Look, interval: Interval, unknownMaxMs: number): Tally {
  const { verdict, cpu } = look;
  const is = before ?? NEW_TALLY;
  const activity = verdict === 'idle' || is.unknownMs >= unknownMaxMs ? 'idle' : 'unknown';
  const ms = verdict === 'idle' ? interval.restMs : interval.unknownMs;
  const idleMs = activity === 'idle' ? ms : 0;
  return {
    ...is,
    activity,
    sinceT: since(before, activity, interval.t - ms / 1000),
    idleMs: is.idleMs + idleMs,
    unknownMs: verdict === 'unknown' ? is.unknownMs + ms : unknownAfterIdle(before, interval),
    idleLooks: idleMs > 0 ? Math.min(2, is.idleLooks + 1) : 0,
    mostCpu: interval.kind === 'seen' ? most(is.mostCpu, cpu) : is.mostCpu
  };
}

function unknownAfterIdle(before: Tally = NEW_TALLY, { kind }: Interval): number {
  return kind === 'seen' && before.verdict === 'idle' ? 0 : before.unknownMs;
}

function most(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}

function since(before: Tally | undefined, activity: Verdict, t: number): number {
  return before?.activity === activity ? before.sinceT : t;
}
