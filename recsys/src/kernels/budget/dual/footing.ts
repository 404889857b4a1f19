/** Where a solve begins: how large values are, how far prices may go, and the prices to begin with. */
import { leastWeights, meanWeights, startingPrices } from './prices.js';
import type { Problem, Tiles } from '../problem.js';
import { valueScale } from './value-scale.js';

export interface Footing {
  /** How large values are. */
  readonly scale: number;
  /** f64[K], ≤ 0: how low prices may go; 0 where there is no floor. */
  readonly lowest: Float64Array;
  /** f64[K]. */
  readonly start: Float64Array;
  /** No plan is worth less: a bound below it proves that floors cannot be kept. -Infinity: not looked for. */
  readonly worst: number;
  /** Whether the prices to begin with may be the best already, and certifying them is worth it. */
  readonly isLikely: boolean;
}

/** Prices go no farther from 0 than so many times what values are. Where they are there, a floor cannot be kept. */
const FARTHEST_PRICE = 1e4;
/** Above the largest value by more than float32 numbers are rounded. */
const ABOVE = 1 + 1e-6;
/** Below the sum of all negative values by more than it is rounded. */
const BELOW = 1 + 1e-9;

/**
 * The footing of a solve.
 *
 * @param levels samples, the smallest first, and everybody; only where the extremes matter is everybody looked at
 * @param warm   prices to begin with, f64[K]
 */
export function footingOf(problem: Problem, levels: readonly Tiles[], warm?: Float64Array): Footing {
  const { cap, floor } = problem.limits;
  const hasFloors = floor.some(least => least > 0);
  const tiles = hasFloors || cap.includes(0) ? levels.at(-1) : levels[0];
  if (tiles === undefined) throw new RangeError('a solve needs at least the tiles of everybody');
  const { mean, most, worst } = valueScale(tiles);
  const farthest = meanWeights(problem.options, cap.length).map(weight => (FARTHEST_PRICE * mean) / weight);
  return {
    scale: mean,
    lowest: farthest.map((price, k) => ((floor[k] as number) > 0 ? -price : 0)),
    start: closedPrices(problem, most, startingPrices(problem.limits, farthest, warm)),
    worst: hasFloors ? BELOW * worst : -Infinity,
    isLikely: warm !== undefined || levels.length === 1 || most === 0
  };
}

/** Where a cap is 0, nobody's value reaches the price, and the price costs nothing: the bound is exact. */
function closedPrices({ limits, options }: Problem, most: number, prices: Float64Array): Float64Array {
  const lightest = leastWeights(options, prices.length);
  return prices.map((price, k) => {
    const closed = (ABOVE * most) / (lightest[k] as number);
    return limits.cap[k] === 0 && closed > 0 ? Math.max(price, closed) : price;
  });
}
