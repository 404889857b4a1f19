/** Decides, as people arrive, what each of them gets: the choice of the plan at prices that are kept on course all day. */
import { requireArrival, requireOption } from './arrival.js';
import type { Arrival } from './arrival.js';
import { DayCurve } from './day-curve.js';
import { DayProgress } from './day-progress.js';
import { requireDeciderState } from './decider-state.js';
import type { DeciderState } from './decider-state.js';
import { requireDecisionPlan, requireUsage } from './decision-plan.js';
import type { DecisionPlan } from './decision-plan.js';
import { LimitLedger } from '../certify/limit-ledger.js';
import { PersonRoom } from '../certify/person-room.js';
import { meanWeights } from '../dual/prices.js';

/**
 * `paced`: by prices that are kept on course. `stale`: the plan is older than its `maxAgeMs`, so up to twice the price is asked, no floor is
 * subsidised and no price falls. `outside`: the time is outside of the plan's day, of which its limits say nothing: only what counts
 * against no limit is sent.
 */
export type DecisionMode = 'paced' | 'stale' | 'outside';

export interface Decision {
  /** Positions in the arrival's options, best margin first. */
  readonly send: readonly number[];
  readonly mode: DecisionMode;
}

/** How many times the price is asked where it is stale: as many as the plan is too old, at most. */
const STALE_TIMES = 2;
/** The typical value is a mean over about so many candidates. */
const TYPICAL_CANDIDATES = 1024;

/**
 * Answers who gets what, one arrival after the other.
 *
 * Shapes   an arrival's options and values → positions in them. Limits: f64[K], as in the plan.
 * Units    times in ms since the epoch, as arguments; nothing here reads a clock.
 * Throws   RangeError for a bad plan, state, time or arrival (NaN values, unknown options, negative counts); nothing is charged then.
 * Edges    margin = value − price. Only margins > 0 are sent, the greatest first, equal ones in the arrival's order, as far as the
 *          channel's cap, the person's cap and every limit allow: no limit is ever exceeded, whatever the prices are. An option that an
 *          arrival has twice may be sent twice.
 * Cost     O(n log n + n · limits of an option) time for n options.
 * Source   dual prices as the throttle of a budget: Balseiro and Gur, Management Science 2019.
 */
export class Decider {
  readonly #plan: DecisionPlan;
  readonly #counts: { readonly options: number; readonly channels: number };
  readonly #day: DayProgress;
  readonly #ledger: LimitLedger;
  readonly #room: PersonRoom;
  #typicalValue: number;
  #valuesSeen: number;
  #margins = new Float64Array(64);
  #order = new Int32Array(64);

  /**
   * `spent`: f64[K], what the limits have used already today, by the caller's own record of what was sent; nothing if left out. `state`: of
   * an earlier decider with this plan, or with one that had only the first of these limits.
   */
  constructor(plan: DecisionPlan, { spent, state }: { spent?: Float64Array; state?: DeciderState } = {}) {
    requireDecisionPlan(plan);
    this.#plan = plan;
    this.#counts = { options: plan.options.channel.length, channels: plan.channels.length };
    this.#room = new PersonRoom(plan.channels, plan.personCap);
    const limits = plan.limits.cap.length;
    const start = {
      prices: plan.prices,
      spent: spent ?? new Float64Array(limits),
      weights: meanWeights(plan.options, limits)
    };
    requireUsage('spent', start.spent, limits);
    const curve = new DayCurve(plan.curve);
    if (state !== undefined)
      requireDeciderState(state, { limits, intervals: curve.intervals, madeAtMs: plan.madeAtMs });
    this.#ledger = new LimitLedger(plan.limits, start, state);
    this.#day = new DayProgress(curve, plan, state?.seen);
    const { typicalValue, valuesSeen } = state ?? { typicalValue: 0, valuesSeen: 0 };
    this.#typicalValue = typicalValue;
    this.#valuesSeen = valuesSeen;
  }

  /** f64[K], new: the prices of the moment. */
  get prices(): Float64Array {
    return this.#ledger.prices.slice();
  }

  /** f64[K], new: what the limits have used. */
  get spent(): Float64Array {
    return this.#ledger.spent.slice();
  }

  /** What an option costs now: infinite where one of its limits is used up. @throws RangeError for an unknown option, or no time */
  priceOf(option: number, nowMs: number): number {
    requireOption('option', option, this.#counts.options);
    return this.#price(option, this.#modeAt(nowMs), nowMs);
  }

  /** What this person gets now; it is charged to the limits at once. */
  decide(arrival: Arrival, nowMs: number): Decision {
    const mode = this.#modeAt(nowMs);
    requireArrival(arrival, this.#counts);
    if (mode !== 'outside') this.#watch(arrival, nowMs, mode);
    return { send: this.#take(arrival, this.#rank(arrival, mode, nowMs)), mode };
  }

  /** Takes back one send of an option, which did not reach anybody. @throws RangeError for an unknown option */
  refund(option: number): void {
    requireOption('option', option, this.#counts.options);
    const { start, limit, weight } = this.#plan.options;
    const end = start[option + 1] as number;
    for (let at = start[option] as number; at < end; at += 1)
      this.#ledger.refund(limit[at] as number, weight[at] as number);
  }

  /** Sets what the limits have used, f64[K], by the caller's own record. @throws RangeError where it is none */
  correct(spent: Float64Array): void {
    requireUsage('spent', spent, this.#plan.limits.cap.length);
    this.#ledger.correct(spent);
  }

  /** What to keep, as JSON, so that a decider made after a restart goes on; what was spent is the caller's to keep. */
  state(): DeciderState {
    const { madeAtMs } = this.#plan;
    const [typicalValue, valuesSeen] = [this.#typicalValue, this.#valuesSeen];
    return { version: 1, madeAtMs, seen: this.#day.seen, typicalValue, valuesSeen, ...this.#ledger.learnt() };
  }

  #modeAt(nowMs: number): DecisionMode {
    if (!Number.isFinite(nowMs)) throw new RangeError(`nowMs is ${nowMs}: want a finite number`);
    if (!this.#day.isWithin(nowMs)) return 'outside';
    return nowMs - this.#plan.madeAtMs > this.#plan.maxAgeMs ? 'stale' : 'paced';
  }

  /** Counts the arrival, and moves the prices of its options where that is due. */
  #watch({ options, values }: Arrival, nowMs: number, mode: DecisionMode): void {
    this.#day.count(nowMs);
    for (let at = 0; at < options.length; at += 1) {
      const size = Math.abs(values[at] as number);
      if (size === Infinity) continue;
      this.#valuesSeen = Math.min(this.#valuesSeen + 1, TYPICAL_CANDIDATES);
      this.#typicalValue += (size - this.#typicalValue) / this.#valuesSeen;
      this.#moveDue(options[at] as number, nowMs, mode === 'paced');
    }
  }

  #moveDue(option: number, nowMs: number, mayFall: boolean): void {
    const { start, limit } = this.#plan.options;
    const end = start[option + 1] as number;
    for (let at = start[option] as number; at < end; at += 1) {
      const row = limit[at] as number;
      if (!this.#ledger.isDue(row, this.#day.arrivals)) continue;
      this.#ledger.move(row, this.#day, { nowMs, typical: this.#typicalValue, mayFall });
    }
  }

  #price(option: number, mode: DecisionMode, nowMs: number): number {
    const { start, limit, weight } = this.#plan.options;
    const end = start[option + 1] as number;
    let price = 0;
    let rebate = 0;
    for (let at = start[option] as number; at < end; at += 1) {
      const each = (weight[at] as number) * this.#ledger.priceFor(limit[at] as number, weight[at] as number);
      if (each > 0) price += each;
      else rebate += each;
    }
    if (mode === 'paced') return price + rebate;
    if (mode === 'outside') return end > (start[option] as number) ? Infinity : 0;
    return price * Math.min((nowMs - this.#plan.madeAtMs) / this.#plan.maxAgeMs, STALE_TIMES);
  }

  /** Fills `#margins`, and `#order` with the positions of the positive ones, greatest first (sorting is stable); how many these are. */
  #rank({ options, values }: Arrival, mode: DecisionMode, nowMs: number): number {
    if (this.#margins.length < options.length) {
      this.#margins = new Float64Array(2 * options.length);
      this.#order = new Int32Array(2 * options.length);
    }
    const margins = this.#margins;
    let count = 0;
    for (let at = 0; at < options.length; at += 1) {
      const margin = (values[at] as number) - this.#price(options[at] as number, mode, nowMs);
      if (!(margin > 0)) continue;
      margins[at] = margin;
      this.#order[count] = at;
      count += 1;
    }
    this.#order.subarray(0, count).sort((a, b) => (margins[b] as number) - (margins[a] as number));
    return count;
  }

  /** Takes the first `count` of `#order`, as far as all caps allow, and charges them. */
  #take(arrival: Arrival, count: number): number[] {
    const { channel } = this.#plan.options;
    const send: number[] = [];
    this.#room.begin(arrival);
    for (let rank = 0; rank < count; rank += 1) {
      const at = this.#order[rank] as number;
      const option = arrival.options[at] as number;
      if (!this.#room.has(channel[option] as number)) continue;
      if (!this.#charge(option, this.#margins[at] as number)) continue;
      this.#room.take(channel[option] as number);
      send.push(at);
    }
    return send;
  }

  /** Charges a send to all limits of its option; false, and nothing is charged, where one has no room for it or is ahead of the day. */
  #charge(option: number, margin: number): boolean {
    const { start, limit, weight } = this.#plan.options;
    const end = start[option + 1] as number;
    let isHeld = false;
    for (let at = start[option] as number; at < end; at += 1) {
      const [row, each] = [limit[at] as number, weight[at] as number];
      if (this.#ledger.priceFor(row, each) === Infinity) return false;
      isHeld ||= this.#ledger.isAhead(row, each);
    }
    for (let at = start[option] as number; at < end; at += 1) {
      const [row, each] = [limit[at] as number, weight[at] as number];
      if (!isHeld) this.#ledger.charge(row, each, margin, this.#typicalValue);
      else if (this.#ledger.isAhead(row, each)) this.#ledger.want(row, each, margin, this.#typicalValue);
    }
    return !isHeld;
  }
}
