/**
 * The function that is minimised: the Lagrangian dual of a budget problem, smoothed, as one pass over some tiles sees it.
 *
 * Every candidate gets smoothing / 2 on top of its value, so that x pays (smoothing / 2) · x · (1 − x): nothing where x is 0 or 1, which has two
 * consequences. The smoothed dual is never below the dual, hence an upper bound itself. And candidates on both sides of a margin are smoothed alike,
 * so that the prices are right to the second order in the smoothing; with the plain square they are off by half the smoothing.
 *
 * Source   Nesterov, Smooth minimization of non-smooth functions, Math. Program. 2005, with the proximity term moved.
 */
import { limitsTerm, optionPrices } from './prices.js';
import type { Problem, SmoothPass, Tiles } from '../problem.js';

/** The smoothed dual at some prices, of everybody: a sample's sums are divided by its share. */
export interface DualPoint {
  readonly prices: Float64Array;
  readonly value: number;
  /** f64[K]. */
  readonly usage: Float64Array;
  /**
   * f64[K], the gradient; where a price is 0 or at its lowest, the one-sided derivative along which the dual falls, 0 where it falls along none.
   */
  readonly slope: Float64Array;
}

export type SmoothedDual = (prices: Float64Array, smoothing: number) => Promise<DualPoint>;

/** The smoothed dual over these tiles, with prices that may not be below `lowest` (f64[K], ≤ 0). */
export function smoothedDual(problem: Problem, pass: SmoothPass, tiles: Tiles, lowest: Float64Array): SmoothedDual {
  const optionPrice = new Float64Array(problem.options.start.length - 1);
  return async (prices, smoothing) => {
    optionPrices(problem.options, prices, optionPrice);
    for (let option = 0; option < optionPrice.length; option += 1) {
      optionPrice[option] = (optionPrice[option] as number) - smoothing / 2;
    }
    const sums = await pass(tiles, optionPrice, smoothing);
    const usage = sums.usage.map(used => used / tiles.share);
    const value = sums.surplus / tiles.share + limitsTerm(problem.limits, prices);
    return { prices, value, usage, slope: slopes(problem, prices, usage, lowest) };
  };
}

function slopes(
  { limits: { cap, floor } }: Problem,
  prices: Float64Array,
  usage: Float64Array,
  lowest: Float64Array
): Float64Array {
  return prices.map((price, k) => {
    const above = (cap[k] as number) - (usage[k] as number);
    if (price > 0) return above;
    const below = (floor[k] as number) - (usage[k] as number);
    if (price < 0) return below > 0 && price <= (lowest[k] as number) ? 0 : below;
    if (above < 0) return above;
    return below > 0 && (lowest[k] as number) < 0 ? below : 0;
  });
}
