import { type CertifiedAt, tryNearbyPrices } from './nearby-prices.js';
import type { Limits } from '../problem.js';

/** A cap that is used up, one that is not, one without a price, a floor that is just kept and one that is more than kept. */
const limits: Limits = {
  cap: Float64Array.of(10, 10, 10, Infinity, Infinity),
  floor: Float64Array.of(0, 0, 0, 5, 5)
};
const prices = Float64Array.of(1, 2, 0, -1, -2);
const usage = Float64Array.of(10, 9, 3, 5, 7);

function at(own: Float64Array, used: Float64Array): CertifiedAt {
  return {
    prices: own,
    certified: { bound: 1, value: 0, usage: used, shortfall: new Float64Array(5), send: new Uint8Array(0) }
  };
}

async function tried(start: CertifiedAt, most: number): Promise<number[][]> {
  const seen: number[][] = [];
  await tryNearbyPrices(limits, start, own => {
    seen.push([...own]);
    return Promise.resolve(seen.length < most ? at(own, usage) : undefined);
  });
  return seen;
}

describe('prices close to the best', () => {
  test('only what is left over becomes cheaper: a price of what is used up would no longer hold it', async () => {
    const [first] = await tried(at(prices, usage), 1);
    expect(first).toEqual([1, 2 * 0.999, 0, -1, -2 * 0.999]);
  });

  test('the search ends: when it is told that it is enough, and after a few steps in any case', async () => {
    expect(await tried(at(prices, usage), 2)).toHaveLength(2);
    const all = await tried(at(prices, usage), Infinity);
    expect(all).toHaveLength(6);
    expect(all.at(-1)?.[1]).toBeGreaterThan(1.8);
  });

  test('nothing is certified again at the same prices', async () => {
    const full = Float64Array.of(10, 10, 3, 5, 5);
    expect(await tried(at(prices, full), Infinity)).toEqual([]);
  });
});
