/**
 * Minimises a smoothed dual: quasi-Newton steps that keep to the side of 0 where a price is, with one pass for nearly every step.
 *
 * The dual has a kink where a price is 0: on one side the cap counts, on the other the floor. A step therefore never crosses 0 but stops there, and
 * the next one may leave it on the other side. A price that would stop at 0 by its own slope is set to 0 and left out of the quasi-Newton step,
 * which would otherwise be bent by it.
 *
 * Source   Andrew and Gao, Scalable training of L1-regularized log-linear models, ICML 2007 (orthants); Bertsekas, Projected Newton methods, SIAM J.
 *          Control Optim. 1982 (what is left out).
 */
import type { Curvature } from './curvature.js';
import type { DualPoint, SmoothedDual } from './smoothed-dual.js';

export interface DescentRules {
  readonly smoothing: number;
  readonly curvature: Curvature;
  /** f64[K], ≤ 0. */
  readonly lowest: Float64Array;
  /** f64[K]: how far a price may move in one step, until it shows that it has to go farther. */
  readonly farthest: Float64Array;
  /** Asked at every point that is taken; `expected` is by how much the next step should lower the dual. */
  readonly isDone: (point: DualPoint, expected: number) => boolean;
  /** Asked before every pass. */
  readonly mayPass: () => boolean;
}

/** `stuck`: no step led lower, as where rounding is all that is left. */
export type DescentEnd = 'done' | 'stuck' | 'halted';

/** Of the fall that the slope promises, the least that is taken. */
const ENOUGH = 1e-4;
/** Of the fall that prices promise that go each for itself, the least that a quasi-Newton step has to promise. */
const LEAST_FALL = 0.01;
const MOST_TRIES = 8;
/** A step that is shortened keeps between these shares of its length. */
const SHORTEST = 0.1;
const SHORTER = 0.7;
/** Where more than this of the slope is left at the end of a step, the next one may be so much longer. */
const FLAT = 0.9;
const LONGER = 4;

/** The lowest point found, and whether the rules said that it is done. */
export async function descend(
  dual: SmoothedDual,
  from: DualPoint,
  rules: DescentRules
): Promise<{ point: DualPoint; end: DescentEnd }> {
  const { curvature } = rules;
  let point = from;
  let longer = 1;
  for (;;) {
    const step = plannedStep(point, rules, longer);
    if (rules.isDone(point, -dot(point.slope, step) / 2)) return { point, end: 'done' };
    const taken = await lower(dual, point, step, rules);
    if (taken === 'halted') return { point, end: 'halted' };
    if (taken === undefined) {
      if (curvature.isEmpty) return { point, end: 'stuck' };
      curvature.forget();
      continue;
    }
    curvature.learn(taken.step, taken.change);
    longer = taken.after < FLAT * taken.before ? longer * LONGER : 1;
    point = taken.point;
  }
}

interface Taken {
  readonly point: DualPoint;
  readonly step: Float64Array;
  /** Of the gradient. */
  readonly change: Float64Array;
  /** Derivatives along the step, where it begins and where it ends. */
  readonly before: number;
  readonly after: number;
}

/** A lower point along the step, or undefined where there is none within reach. */
async function lower(
  dual: SmoothedDual,
  from: DualPoint,
  step: Float64Array,
  { mayPass, smoothing, lowest }: DescentRules
): Promise<Taken | 'halted' | undefined> {
  let length = 1;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const prices = movedPrices(from.prices, step, length, lowest);
    if (!mayPass()) return 'halted';
    const point = await dual(prices, smoothing);
    const moved = prices.map((price, k) => price - (from.prices[k] as number));
    const change = from.usage.map((used, k) => used - (point.usage[k] as number));
    const before = dot(from.slope, moved);
    const after = before + dot(moved, change);
    // A convex function that still falls has fallen all the way, however its value was rounded.
    if (after <= 0 || point.value <= from.value + ENOUGH * before) return { point, step: moved, change, before, after };
    length *= Math.min(Math.max(SHORTEST, SHORTER ** (tries + 1)), Math.max(SHORTEST, before / (before - after)));
  }
  return undefined;
}

function plannedStep(point: DualPoint, { curvature, farthest }: DescentRules, longer: number): Float64Array {
  const { slope } = point;
  const isFree = freePrices(point, curvature);
  const alone = slope.map((each, k) => (isFree[k] === 1 ? curvature.alone(each, k) : 0));
  let step = within(point, curvature.step(slope, isFree), isFree);
  // Pairs from elsewhere on a kinked function may mislead: then each price goes for itself.
  if (dot(slope, step) > LEAST_FALL * dot(slope, alone)) step = within(point, alone, isFree);
  let share = 1;
  for (let k = 0; k < step.length; k += 1) {
    share = Math.min(share, (farthest[k] as number) / Math.abs(step[k] as number));
  }
  return step.map(each => each * share * longer);
}

/** Prices that may move, but for those that their own slope takes to 0. */
function freePrices({ prices, slope }: DualPoint, curvature: Curvature): Uint8Array {
  return Uint8Array.from(prices, (price, k) => {
    const alone = curvature.alone(slope[k] as number, k);
    const settles = price * alone < 0 && Math.abs(alone) >= Math.abs(price);
    return alone !== 0 && !settles ? 1 : 0;
  });
}

/** The step of the free prices, on the side of 0 to which the slope leads; of the others, to 0 or nowhere. */
function within({ prices, slope }: DualPoint, step: Float64Array, isFree: Uint8Array): Float64Array {
  return step.map((each, k) => {
    const price = prices[k] as number;
    if (isFree[k] === 0) return slope[k] === 0 ? 0 : -price;
    return price === 0 && each * (slope[k] as number) > 0 ? 0 : each;
  });
}

function movedPrices(prices: Float64Array, step: Float64Array, length: number, lowest: Float64Array): Float64Array {
  return prices.map((price, k) => {
    const moved = price + length * (step[k] as number);
    if (price * moved < 0) return 0;
    return Math.max(moved, lowest[k] as number);
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k += 1) sum += (a[k] as number) * (b[k] as number);
  return sum;
}
