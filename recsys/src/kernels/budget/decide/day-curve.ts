/** How many people are expected when, in a day of equal intervals: what a budget has to last for. */

/** A first guess is enough: after three intervals the number is corrected by what was seen. */
export interface ExpectedArrivals {
  readonly startMs: number;
  readonly intervalMs: number;
  /** One number for each interval, from the start on. */
  readonly arrivals: ArrayLike<number>;
}

/** So many intervals speak for the expectation before any was seen. */
const EXPECTED_AS_SAID = 2;

export class DayCurve {
  readonly startMs: number;
  readonly endMs: number;
  readonly intervals: number;
  readonly total: number;
  readonly #intervalMs: number;
  readonly #expected: Float64Array;
  /** f64[intervals + 1]: expected before each interval begins. */
  readonly #before: Float64Array;

  /** @throws RangeError where there is no interval, a number is negative or not finite, or nobody is expected at all */
  constructor({ startMs, intervalMs, arrivals }: ExpectedArrivals) {
    if (!Number.isFinite(startMs)) throw new RangeError(`curve.startMs is ${startMs}: want a finite number`);
    if (!(intervalMs > 0 && Number.isFinite(intervalMs)))
      throw new RangeError(`curve.intervalMs is ${intervalMs}: want a positive finite number`);
    this.#expected = Float64Array.from(arrivals);
    this.#before = new Float64Array(arrivals.length + 1);
    this.#expected.forEach((count, at) => {
      if (!(count >= 0 && Number.isFinite(count)))
        throw new RangeError(`curve.arrivals[${at}] is ${count}: want a finite number from 0 on`);
      this.#before[at + 1] = (this.#before[at] as number) + count;
    });
    this.intervals = arrivals.length;
    this.total = this.#before[this.intervals] as number;
    if (this.total === 0) throw new RangeError('curve.arrivals expects nobody: want at least one positive number');
    this.startMs = startMs;
    this.endMs = startMs + this.intervals * intervalMs;
    this.#intervalMs = intervalMs;
  }

  /** Which interval a time is in; -1 before the day, `intervals` after it. */
  intervalAt(nowMs: number): number {
    const interval = Math.floor((nowMs - this.startMs) / this.#intervalMs);
    return Math.min(Math.max(interval, -1), this.intervals);
  }

  /** How many are expected from now to the end of the day. */
  expectedAfter(nowMs: number): number {
    const interval = this.intervalAt(nowMs);
    if (interval < 0) return this.total;
    if (interval >= this.intervals) return 0;
    const part = (nowMs - this.startMs) / this.#intervalMs - interval;
    return this.total - (this.#before[interval] as number) - part * (this.#expected[interval] as number);
  }

  /**
   * How many times as many come as were expected: the median over the intervals that are over, so that neither a burst nor an
   * outage changes what is thought of the rest of the day.
   *
   * Shapes   seen: arrivals by interval; those before `interval` are over → a positive number.
   * Edges    intervals in which nobody is expected say nothing; before any is over: 1.
   */
  timesExpected(seen: ArrayLike<number>, interval: number): number {
    const times = new Array<number>(EXPECTED_AS_SAID).fill(1);
    for (let at = 0; at < Math.min(interval, this.intervals); at += 1) {
      const expected = this.#expected[at] as number;
      if (expected > 0) times.push((seen[at] as number) / expected);
    }
    times.sort((a, b) => a - b);
    const median = ((times[times.length >> 1] as number) + (times[(times.length - 1) >> 1] as number)) / 2;
    return Math.max(median, Number.EPSILON);
  }
}

/**
 * What to expect tomorrow: the old expectation, moved towards what was seen today.
 *
 * Shapes   expected and seen have one number for each interval → f64 of as many.
 * Throws   RangeError where their lengths differ, or `weight` of today is not in [0, 1].
 */
export function learnArrivals(expected: ArrayLike<number>, seen: ArrayLike<number>, weight: number): Float64Array {
  if (expected.length !== seen.length)
    throw new RangeError(`seen has ${seen.length} intervals: want ${expected.length}, as the expectation has`);
  if (!(weight >= 0 && weight <= 1)) throw new RangeError(`weight is ${weight}: want a number in [0, 1]`);
  return Float64Array.from(expected, (before, at) => before + weight * ((seen[at] as number) - before));
}
