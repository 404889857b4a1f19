/** How far a day has come, for each limit: counted in people, not in minutes. */
import type { DayCurve } from './day-curve.js';

/** f64[K]: when a limit's candidates come, such as those of a slot or of a campaign that ends at noon; all day if left out. */
export interface LimitTimes {
  readonly fromMs?: Float64Array | undefined;
  readonly toMs?: Float64Array | undefined;
}

/** A budget is to be used up when so much of the day's people are still to come; the limits themselves see to these last ones. */
const RESERVE = 0.002;

export class DayProgress {
  /** People so far. */
  arrivals: number;
  readonly #curve: DayCurve;
  readonly #times: LimitTimes;
  /** People by interval. */
  readonly #seen: Float64Array;
  /** How many times as many people come as were expected, as of which interval. */
  #ratio = { value: 1, interval: -1 };

  constructor(curve: DayCurve, times: LimitTimes, seen: ArrayLike<number> = new Float64Array(curve.intervals)) {
    this.#curve = curve;
    this.#times = times;
    this.#seen = Float64Array.from(seen);
    this.arrivals = this.#seen.reduce((sum, count) => sum + count, 0);
  }

  /** People by interval of the day, new. */
  get seen(): number[] {
    return [...this.#seen];
  }

  isWithin(nowMs: number): boolean {
    const interval = this.#curve.intervalAt(nowMs);
    return interval >= 0 && interval < this.#curve.intervals;
  }

  /** One person has come, at a time within the day. */
  count(nowMs: number): void {
    const interval = this.#curve.intervalAt(nowMs);
    this.#seen[interval] = (this.#seen[interval] as number) + 1;
    this.arrivals += 1;
    if (interval !== this.#ratio.interval)
      this.#ratio = { value: this.#curve.timesExpected(this.#seen, interval), interval };
  }

  /** How many people are still to come while a limit's candidates do, 1 or more. */
  arrivalsLeft(limit: number, nowMs: number): number {
    const { left, all } = this.#expected(limit, nowMs);
    return Math.max(this.#ratio.value * (left - RESERVE * all), 1);
  }

  /** Which part of a limit's people should have come, from 0 to 1. */
  partDone(limit: number, nowMs: number): number {
    const { left, all } = this.#expected(limit, nowMs);
    return all > 0 ? 1 - left / all : 1;
  }

  #expected(limit: number, nowMs: number): { left: number; all: number } {
    const fromMs = this.#times.fromMs?.[limit] ?? this.#curve.startMs;
    const afterEnd = this.#curve.expectedAfter(this.#times.toMs?.[limit] ?? this.#curve.endMs);
    const left = this.#curve.expectedAfter(Math.max(nowMs, fromMs)) - afterEnd;
    return { left: Math.max(left, 0), all: this.#curve.expectedAfter(fromMs) - afterEnd };
  }
}
