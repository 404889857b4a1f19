import { BestCertified } from './best-certified.js';
import type { Certified } from '../problem.js';

const certified = (bound: number, value: number, short = 0): Certified => ({
  bound,
  value,
  usage: Float64Array.of(value),
  shortfall: Float64Array.of(short),
  send: Uint8Array.of(value)
});
const price = (of: number): Float64Array => Float64Array.of(of);

function bestOf(...list: readonly Certified[]): BestCertified {
  const best = new BestCertified(1);
  for (const [at, each] of list.entries()) best.take(each, price(at));
  return best;
}

test('the lowest bound and the best plan are kept, from whichever prices they are', () => {
  const best = bestOf(certified(12, 8), certified(10, 7), certified(11, 9));
  expect(best.certified).toEqual({ ...certified(11, 9), bound: 10 });
  expect(best.prices).toEqual(price(1));
  expect(best.gap).toBeCloseTo(0.1, 12);
});

test.each([
  ['nothing is certified yet', [], Infinity],
  ['the plan misses a floor: whatever it is worth', [certified(10, 10, 1)], Infinity],
  ['a plan of less value keeps the floors', [certified(10, 10, 1), certified(10, 9)], 0.1],
  ['they are equal', [certified(7, 7)], 0],
  ['both are 0', [certified(0, 0)], 0],
  ['the bound is negative: still relative to its size', [certified(-10, -11)], 0.1],
  ['the bound is above 0 by rounding only', [certified(1e-12, 0)], 1e-3]
])('the gap where %s', (_name, list, want) => {
  expect(bestOf(...list).gap).toBe(want);
});
