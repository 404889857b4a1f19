/** Decides what the time between two looks is worth: only time that was observed from both ends counts. */

/** The time before a look. */
export interface Interval {
  /** `first`: nothing was seen before. `gap`: too long, or the clock has been set: work in it counts, rest does not. */
  readonly kind: 'first' | 'gap' | 'seen';
  /** When the look was, in seconds of the agent's clock. */
  readonly t: number;
  /** Over how many seconds its counters rose. */
  readonly seconds: number;
  /** How much rest it can add: what lies between two looks that saw something. */
  readonly restMs: number;
  /** How much unknown time it can add: what lies between two looks, whether they saw something or not. */
  readonly unknownMs: number;
}

/** Longer than this without a look is a gap. */
export function gapMs(readEveryMs: number): number {
  return Math.max(60_000, 4 * readEveryMs);
}

/** The time before a look at `t`. `seenT` is the last one that saw something, `lookT` the last one of any kind. */
export function intervalAt(t: number, seenT: number | null, lookT: number | null, readEveryMs: number): Interval {
  const unknownMs = lookT === null ? 0 : observedMs(lookT, t, readEveryMs);
  if (seenT === null) return { kind: 'first', t, seconds: 0, restMs: 0, unknownMs };
  if (t <= seenT) return { kind: 'gap', t, seconds: readEveryMs / 1000, restMs: 0, unknownMs };
  const seconds = t - seenT;
  const seenMs = observedMs(seenT, t, readEveryMs);
  if (seenMs === 0) return { kind: 'gap', t, seconds, restMs: 0, unknownMs };
  // What passed before a look that failed is not known.
  return { kind: 'seen', t, seconds, restMs: Math.min(seenMs, unknownMs), unknownMs };
}

function observedMs(fromT: number, toT: number, readEveryMs: number): number {
  const ms = Math.round((toT - fromT) * 1000);
  return ms > 0 && ms <= gapMs(readEveryMs) ? ms : 0;
}
