import { limitsTerm, meanWeights, optionPrices, startingPrices } from './prices.js';

const limitsOf = (cap: number[], floor: number[]) => ({ cap: Float64Array.from(cap), floor: Float64Array.from(floor) });
const OPTIONS = {
  start: Uint32Array.of(0, 2, 2, 3),
  limit: Uint32Array.of(0, 2, 2),
  weight: Float64Array.of(1, 0.5, 3),
  channel: new Uint16Array(3)
};

test('an option costs what its limits cost, by weight; one of no limit costs nothing', () => {
  const prices = optionPrices(OPTIONS, Float64Array.of(2, 9, -4), new Float64Array(3).fill(NaN));
  expect([...prices]).toEqual([0, 0, -12]);
});

test('the mean weight of a limit against which nothing counts is 1, so that it can be divided by', () => {
  expect([...meanWeights(OPTIONS, 3)]).toEqual([1, 1, 1.75]);
});

describe('limitsTerm', () => {
  test.each([
    ['a positive price counts by the cap', [5], [2], [3], 15],
    ['a negative price counts by the floor', [5], [2], [-3], -6],
    ['no price is no term, even without a cap', [Infinity], [0], [0], 0],
    ['a price of a cap that is not there bounds nothing', [Infinity], [0], [1e-9], Infinity]
  ])('%s', (_name, cap, floor, prices, want) => {
    expect(limitsTerm(limitsOf(cap, floor), Float64Array.from(prices))).toBe(want);
  });

  test('small terms beside large ones are not lost', () => {
    const cap = [1e16, ...Array.from({ length: 1000 }, () => 1), 1e16];
    const prices = Float64Array.from(cap, (_, k) => (k === cap.length - 1 ? -1 : 1));
    expect(limitsTerm(limitsOf(cap, cap), prices)).toBe(1000);
  });
});

describe('startingPrices', () => {
  const limits = limitsOf([1, Infinity, 1, 1, Infinity], [0, 1, 0, 0, 0]);
  const farthest = new Float64Array(5).fill(10);

  test.each([
    ['none are given', undefined, [0, 0, 0, 0, 0]],
    ['they make sense', [1, -2, 0, 3, 0], [1, -2, 0, 3, 0]],
    ['they are of limits that are gone', [-1, 2, -1, -1, 5], [0, 0, 0, 0, 0]],
    ['they are no numbers', [NaN, NaN, NaN, 1, NaN], [0, 0, 0, 1, 0]],
    ['they are beyond all values', [1e300, -1e300, 0, Infinity, 0], [10, -10, 0, 10, 0]]
  ])('%s', (_name, warm, want) => {
    const prices = startingPrices(limits, farthest, warm && Float64Array.from(warm));
    expect([...prices]).toEqual(want);
  });
});
