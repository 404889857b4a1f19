/** What each limit has used, and what its price is at the moment. */
import type { DayProgress } from '../decide/day-progress.js';
import { nextPrice, nextQuantum, spreadAmount, usableBy } from '../decide/pacing.js';
import type { Limits } from '../problem.js';

/** Excess is a mean over about so many sends. */
const EXCESS_SENDS = 64;
/** A send this many times better than usual counts as that: one wrong value must not move a price by millions. */
const MOST_EXCESS = 8;

export interface LedgerStart {
  /** f64[K]; NaN: not known, so 0 until it is learnt. */
  readonly prices: Float64Array;
  /** f64[K]: what the limits have used already. */
  readonly spent: Float64Array;
  /** f64[K]: what one send counts, on average. */
  readonly weights: Float64Array;
}

/** What survives a restart, for each limit. */
export interface LearntLimits {
  readonly prices: readonly number[];
  readonly excess: readonly number[];
  readonly sends: readonly number[];
}

export class LimitLedger {
  readonly prices: Float64Array;
  readonly spent: Float64Array;
  readonly #limits: Limits;
  readonly #weights: Float64Array;
  readonly #excess: Float64Array;
  /** How many sends `excess` is a mean of, at most `EXCESS_SENDS`. */
  readonly #sends: Float64Array;
  /** What the prices have let through: spent, and held back. */
  readonly #wanted: Float64Array;
  readonly #idleSteps: Float64Array;
  /** Up to where a limit may be used until its price is moved again. */
  readonly #usable: Float64Array;
  /** Where things stood when the price was last moved (NaN: not yet), and where they stand when it is moved next. */
  readonly #since: { readonly arrivals: Float64Array; readonly wanted: Float64Array };
  readonly #due: { readonly arrivals: Float64Array; readonly wanted: Float64Array };

  constructor(limits: Limits, { prices, spent, weights }: LedgerStart, learnt?: LearntLimits) {
    const count = limits.cap.length;
    const array = (): Float64Array => new Float64Array(count);
    this.#limits = limits;
    this.#weights = weights;
    this.prices = prices.map(price => (Number.isNaN(price) ? 0 : price));
    this.spent = spent.slice();
    this.#excess = array();
    this.#sends = array();
    this.#wanted = array();
    this.#idleSteps = array();
    this.#usable = array();
    this.#since = { arrivals: array().fill(NaN), wanted: array() };
    this.#due = { arrivals: array(), wanted: array() };
    if (learnt === undefined) return;
    this.prices.set(learnt.prices);
    this.#excess.set(learnt.excess);
    this.#sends.set(learnt.sends);
  }

  /** What a unit of a limit costs: infinite where less than `weight` is left of it, nothing off where its floor is reached. */
  priceFor(limit: number, weight: number): number {
    const spent = this.spent[limit] as number;
    if (spent + weight > (this.#limits.cap[limit] as number)) return Infinity;
    const price = this.prices[limit] as number;
    return price < 0 && spent >= (this.#limits.floor[limit] as number) ? 0 : price;
  }

  /** Whether a limit is too far ahead of the day for another send. */
  isAhead(limit: number, weight: number): boolean {
    return (this.spent[limit] as number) + weight > (this.#usable[limit] as number);
  }

  isDue(limit: number, arrivals: number): boolean {
    return (
      arrivals >= (this.#due.arrivals[limit] as number) ||
      (this.#wanted[limit] as number) >= (this.#due.wanted[limit] as number)
    );
  }

  /** Moves the price by what was seen since it was last moved. `typical`: a value, where nothing was wanted under this limit yet. */
  move(limit: number, day: DayProgress, at: { nowMs: number; typical: number; mayFall: boolean }): void {
    const since = this.#since.arrivals[limit] as number;
    if (!Number.isNaN(since)) {
      const wanted = (this.#wanted[limit] as number) - (this.#since.wanted[limit] as number);
      const idleSteps = this.#idleSteps[limit] as number;
      const seen = { arrivals: day.arrivals - since, wanted, idleSteps };
      const excess = this.#sends[limit] === 0 ? at.typical / (this.#weights[limit] as number) : this.#excess[limit];
      const paced = { ...this.#paced(limit), excess: excess as number, seen };
      const next = nextPrice(paced, day.arrivalsLeft(limit, at.nowMs));
      this.prices[limit] = at.mayFall ? next : Math.max(paced.price, next);
      this.#idleSteps[limit] = wanted > 0 ? 0 : idleSteps + 1;
    }
    this.#watch(limit, day, at.nowMs);
  }

  /** Counts one send of `margin`, value − price, that uses `weight` of a limit. */
  charge(limit: number, weight: number, margin: number, typical: number): void {
    this.spent[limit] = (this.spent[limit] as number) + weight;
    this.want(limit, weight, margin, typical);
  }

  /** Counts what the price let through, whether it is sent or held back. */
  want(limit: number, weight: number, margin: number, typical: number): void {
    this.#wanted[limit] = (this.#wanted[limit] as number) + weight;
    const sends = this.#sends[limit] as number;
    const before = sends === 0 ? typical / weight : (this.#excess[limit] as number);
    const excess = before > 0 ? Math.min(margin / weight, MOST_EXCESS * before) : margin / weight;
    this.#sends[limit] = Math.min(sends + 1, EXCESS_SENDS);
    this.#excess[limit] = sends === 0 ? excess : before + (excess - before) / this.#sends[limit];
  }

  /** Takes what the limits have really used; the difference is no news about the price. */
  correct(spent: Float64Array): void {
    this.spent.set(spent);
    for (let limit = 0; limit < spent.length; limit += 1) this.#rewatchUsedUp(limit);
  }

  /** Takes back what one send has used. */
  refund(limit: number, weight: number): void {
    this.spent[limit] = Math.max((this.spent[limit] as number) - weight, 0);
    this.#rewatchUsedUp(limit);
  }

  learnt(): LearntLimits {
    return { prices: [...this.prices], excess: [...this.#excess], sends: [...this.#sends] };
  }

  #paced(limit: number): { cap: number; floor: number; price: number; spent: number } {
    const { cap, floor } = this.#limits;
    return {
      cap: cap[limit] as number,
      floor: floor[limit] as number,
      price: this.prices[limit] as number,
      spent: this.spent[limit] as number
    };
  }

  /** A limit that is not used up after all is watched anew, without moving its price. */
  #rewatchUsedUp(limit: number): void {
    if (this.#due.arrivals[limit] !== Infinity) return;
    this.#since.arrivals[limit] = NaN;
    this.#due.arrivals[limit] = 0;
  }

  #watch(limit: number, day: DayProgress, nowMs: number): void {
    const paced = this.#paced(limit);
    const weight = this.#weights[limit] as number;
    const amount = spreadAmount(paced);
    const quantum = amount > 0 ? nextQuantum(amount, paced.spent, weight) : Infinity;
    const rate = Math.max(amount - paced.spent, 0) / day.arrivalsLeft(limit, nowMs);
    const wanted = this.#wanted[limit] as number;
    this.#since.arrivals[limit] = day.arrivals;
    this.#since.wanted[limit] = wanted;
    this.#due.arrivals[limit] = day.arrivals + quantum / rate;
    this.#due.wanted[limit] = wanted + quantum;
    this.#usable[limit] = usableBy(paced.cap, day.partDone(limit, nowMs), weight);
  }
}
