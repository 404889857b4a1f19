/** What a plan sends, and what that uses of the limits, while it is being put together. */
import { CompensatedSum } from '../compensated-sum.js';
import { leastWeights } from '../dual/prices.js';
import type { Problem } from '../problem.js';
import { usageOf } from './usage-of.js';

/** Weights that are multiples of this sum up without rounding. */
const EXACT = 2 ** -20;
/** Where weights are others, sums round: so much of a limit is left, that a sum in another order keeps it, too. */
const ROUNDING = 1e-9;

export class Selection {
  /** Bit c % 8 of byte c / 8 for candidate c. */
  readonly send: Uint8Array;
  /** How often each option is sent. */
  readonly sent: Float64Array;
  /** What is used of each limit. */
  usage: Float64Array;
  /** Caps and floors, a little narrower where weights round. */
  readonly cap: Float64Array;
  readonly floor: Float64Array;
  /** The smallest weight with which something counts. */
  readonly leastWeight: Float64Array;

  private readonly sum = new CompensatedSum();

  constructor(
    readonly problem: Problem,
    candidates: number
  ) {
    const { limits, options } = problem;
    this.send = new Uint8Array(Math.ceil(candidates / 8));
    this.sent = new Float64Array(options.start.length - 1);
    this.usage = new Float64Array(limits.cap.length);
    this.leastWeight = leastWeights(options, limits.cap.length);
    const isExact = new Uint8Array(limits.cap.length).fill(1);
    for (const [at, limit] of options.limit.entries()) {
      if (!Number.isInteger((options.weight[at] as number) / EXACT)) isExact[limit] = 0;
    }
    this.cap = limits.cap.map((cap, limit) => (isExact[limit] === 1 ? cap : cap * (1 - ROUNDING)));
    this.floor = limits.floor.map((floor, limit) => (isExact[limit] === 1 ? floor : floor * (1 + ROUNDING)));
  }

  /** Of all that is sent. */
  get value(): number {
    return this.sum.total;
  }

  has(candidate: number): boolean {
    return (((this.send[candidate >>> 3] as number) >>> (candidate & 7)) & 1) === 1;
  }

  add(candidate: number, option: number, value: number): void {
    this.mark(candidate);
    this.count(option, 1);
    this.addValue(value);
  }

  remove(candidate: number, option: number, value: number): void {
    this.send[candidate >>> 3] = (this.send[candidate >>> 3] as number) & ~(1 << (candidate & 7));
    this.count(option, -1);
    this.addValue(-value);
  }

  /** Sends a candidate without counting it; `recount` and `addValue` are to follow. */
  mark(candidate: number): void {
    this.send[candidate >>> 3] = (this.send[candidate >>> 3] as number) | (1 << (candidate & 7));
  }

  addValue(value: number): void {
    this.sum.add(value);
  }

  /** Uses from scratch, so that nothing drifts. */
  recount(): void {
    this.usage = usageOf(this.problem, this.sent);
  }

  /** Whether one more of an option keeps all caps, once another (-1: none) has gone. */
  fits(option: number, without = -1): boolean {
    const { start, limit, weight } = this.problem.options;
    const to = start[option + 1] as number;
    for (let at = start[option] as number; at < to; at += 1) {
      const k = limit[at] as number;
      const freed = without < 0 ? 0 : this.weightOf(without, k);
      if ((this.usage[k] as number) - freed + (weight[at] as number) > (this.cap[k] as number)) return false;
    }
    return true;
  }

  /** Whether an option counts against a limit that is over its cap. */
  isOver(option: number): boolean {
    const { start, limit } = this.problem.options;
    const to = start[option + 1] as number;
    for (let at = start[option] as number; at < to; at += 1) {
      const k = limit[at] as number;
      if ((this.usage[k] as number) > (this.cap[k] as number)) return true;
    }
    return false;
  }

  /** Whether an option counts against a limit whose floor is short. */
  isShort(option: number): boolean {
    const { start, limit } = this.problem.options;
    const to = start[option + 1] as number;
    for (let at = start[option] as number; at < to; at += 1) {
      const k = limit[at] as number;
      if ((this.usage[k] as number) < (this.floor[k] as number)) return true;
    }
    return false;
  }

  /** Whether one less of an option, and one more of another (-1: none), leaves a floor short. */
  isNeeded(option: number, instead = -1): boolean {
    const { start, limit, weight } = this.problem.options;
    const to = start[option + 1] as number;
    for (let at = start[option] as number; at < to; at += 1) {
      const k = limit[at] as number;
      const floor = this.floor[k] as number;
      if (floor === 0) continue;
      const loss = (weight[at] as number) - (instead < 0 ? 0 : this.weightOf(instead, k));
      if (loss > 0 && (this.usage[k] as number) - loss < floor) return true;
    }
    return false;
  }

  private weightOf(option: number, k: number): number {
    const { start, limit, weight } = this.problem.options;
    const to = start[option + 1] as number;
    for (let at = start[option] as number; at < to; at += 1) if (limit[at] === k) return weight[at] as number;
    return 0;
  }

  private count(option: number, change: number): void {
    const { start, limit, weight } = this.problem.options;
    this.sent[option] = (this.sent[option] as number) + change;
    const to = start[option + 1] as number;
    for (let at = start[option] as number; at < to; at += 1) {
      const k = limit[at] as number;
      this.usage[k] = (this.usage[k] as number) + change * (weight[at] as number);
    }
  }
}
