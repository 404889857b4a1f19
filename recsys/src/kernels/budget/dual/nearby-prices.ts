/**
 * Prices close to those of the lowest bound, for better plans.
 *
 * At the best prices many choices are about equal, and a plan that takes the wrong ones leaves some of a limit that has a price. To use it
 * one person would have to give up something for the sake of another, which a repair does not look for. A limit that costs a little less is
 * chosen first among equals; the repair then takes the others away.
 */
import type { Certified, Limits } from '../problem.js';

/** How much less what is left over costs, one step after the other. Far from the best prices plans become worse again. */
const STEPS = [0.001, 0.003, 0.01, 0.01, 0.03, 0.03] as const;

/** What a certification found, and at which prices. */
export interface CertifiedAt {
  readonly prices: Float64Array;
  readonly certified: Certified;
}

/**
 * Certifies at prices near `start`, each time those that the last plan asks for.
 *
 * @param certifyAt undefined: enough
 */
export async function tryNearbyPrices(
  limits: Limits,
  start: CertifiedAt,
  certifyAt: (prices: Float64Array) => Promise<CertifiedAt | undefined>
): Promise<void> {
  let at: CertifiedAt | undefined = start;
  for (const step of STEPS) {
    const prices: Float64Array = nearbyPrices(limits, at, step);
    if (prices.every((price, k) => price === at?.prices[k])) return;
    at = await certifyAt(prices);
    if (at === undefined) return;
  }
}

/** Caps that are not used up cost a little less, floors that are more than kept are worth a little less. */
function nearbyPrices(
  { cap, floor }: Limits,
  { prices, certified: { usage } }: CertifiedAt,
  step: number
): Float64Array {
  return prices.map((price, k) => {
    const used = usage[k] as number;
    const isLeftOver = price > 0 ? used < (cap[k] as number) : used > (floor[k] as number);
    return isLeftOver ? price * (1 - step) : price;
  });
}
