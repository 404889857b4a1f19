/** What prices of limits come to: for an option, and for the limits themselves. A price is positive where a cap binds, negative where a floor does. */
import { CompensatedSum } from '../compensated-sum.js';
import type { Limits, Options } from '../problem.js';

/** What each option costs, into `out`: Σ over its limits of weight · price, f64[O]. */
export function optionPrices(options: Options, prices: Float64Array, out: Float64Array): Float64Array {
  const { start, limit, weight } = options;
  for (let option = 0; option < out.length; option += 1) {
    let price = 0;
    const end = start[option + 1] as number;
    for (let each = start[option] as number; each < end; each += 1) {
      price += (weight[each] as number) * (prices[limit[each] as number] as number);
    }
    out[option] = price;
  }
  return out;
}

/** What the limits add to the dual: Σ cap · price over positive prices and floor · price over negative ones. */
export function limitsTerm({ cap, floor }: Limits, prices: Float64Array): number {
  const sum = new CompensatedSum();
  for (let k = 0; k < prices.length; k += 1) {
    const price = prices[k] as number;
    if (price === 0) continue; // 0 · Infinity is no number
    sum.add(price * ((price > 0 ? cap[k] : floor[k]) as number));
  }
  return sum.total;
}

/**
 * The prices a solve may begin with: yesterday's, less what makes no sense today (no number, a price of a limit that is gone), none farther from 0
 * than `farthest` (f64[K]). Zeros where there are none.
 */
export function startingPrices({ cap, floor }: Limits, farthest: Float64Array, warm?: Float64Array): Float64Array {
  return farthest.map((most, k) => {
    const price = warm?.[k] ?? 0;
    const isOfLimit = price > 0 ? cap[k] !== Infinity : price < 0 && (floor[k] as number) > 0;
    return isOfLimit ? Math.max(-most, Math.min(most, price)) : 0;
  });
}

/** The smallest weight with which options count against each limit; Infinity for a limit against which none does. f64[K]. */
export function leastWeights({ limit, weight }: Options, limits: number): Float64Array {
  const least = new Float64Array(limits).fill(Infinity);
  for (let each = 0; each < limit.length; each += 1) {
    const k = limit[each] as number;
    least[k] = Math.min(least[k] as number, weight[each] as number);
  }
  return least;
}

/** The mean weight with which options count against each limit; 1 for a limit against which none does. f64[K]. */
export function meanWeights({ limit, weight }: Options, limits: number): Float64Array {
  const [sum, count] = [new Float64Array(limits), new Float64Array(limits)];
  for (let each = 0; each < limit.length; each += 1) {
    const k = limit[each] as number;
    sum[k] = (sum[k] as number) + (weight[each] as number);
    count[k] = (count[k] as number) + 1;
  }
  return sum.map((total, k) => (count[k] === 0 ? 1 : total / (count[k] as number)));
}
