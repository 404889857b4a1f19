import fc from 'fast-check';
import { nextPrice, nextQuantum, spreadAmount, usableBy } from './pacing.js';
import type { PacedLimit } from './pacing.js';
import { amount } from '../testing/amounts.js';

/** Half of a cap of 1,000 is left for 1,000 people, and every second one of 100 got one: as wanted. */
const ON_COURSE: PacedLimit = {
  cap: 1000,
  floor: 0,
  price: 2,
  spent: 500,
  excess: 1,
  seen: { arrivals: 100, wanted: 50, idleSteps: 0 }
};
const LEFT = 1000;

describe('nextPrice', () => {
  test.each<[string, Partial<PacedLimit>, number, 'stays' | 'rises' | 'falls']>([
    ['as wanted', {}, LEFT, 'stays'],
    ['too much was wanted', { seen: { arrivals: 100, wanted: 60, idleSteps: 0 } }, LEFT, 'rises'],
    ['too little was wanted', { seen: { arrivals: 100, wanted: 40, idleSteps: 0 } }, LEFT, 'falls'],
    ['an outage: fewer people are left for the same money', {}, 500, 'falls'],
    ['a burst has used more than its share', { spent: 700 }, LEFT, 'rises'],
    ['used up', { spent: 1000 }, LEFT, 'rises'],
    ['a limit without a cap needs no price', { cap: Infinity }, LEFT, 'falls'],
    ['behind the floor: a subsidy grows', { cap: Infinity, floor: 2000, price: -2 }, LEFT, 'falls'],
    ['ahead of the floor: a subsidy shrinks', { cap: Infinity, floor: 600, price: -2 }, LEFT, 'rises'],
    ['nothing binds', { price: 0, seen: { arrivals: 100, wanted: 10, idleSteps: 0 } }, LEFT, 'stays']
  ])('%s: the price %s', (_name, change, left, want) => {
    const limit = { ...ON_COURSE, ...change };
    const moved = nextPrice(limit, left) - limit.price;
    expect(moved > 0 ? 'rises' : moved < 0 ? 'falls' : 'stays').toBe(want);
  });

  test('a floor that is reached is subsidised no more', () => {
    expect(nextPrice({ ...ON_COURSE, floor: 400, price: -3 }, LEFT)).toBe(0);
  });

  test('where nothing is wanted time and again the steps double, so that a price wrong by a factor of a million is mended', () => {
    let limit: PacedLimit = { ...ON_COURSE, price: 1e6, seen: { arrivals: 100, wanted: 0, idleSteps: 0 } };
    let steps = 0;
    while (limit.price > 0) {
      limit = { ...limit, price: nextPrice(limit, LEFT), seen: { ...limit.seen, idleSteps: steps } };
      steps += 1;
      expect(steps).toBeLessThan(20);
    }
  });

  test('is finite, moves by less than a step of its data, and never past zero', () => {
    const size = amount(0, 1e9);
    const price = amount(-1e6, 1e6);
    const seen = fc.record({ arrivals: fc.nat(1e6), wanted: size, idleSteps: fc.nat(2000) });
    const cap = fc.oneof(size, fc.constant(Infinity));
    fc.assert(
      fc.property(cap, size, price, size, size, seen, amount(1, 1e9), (...given) => {
        const [cap, floor, price, spent, excess, seen, left] = given;
        const next = nextPrice({ cap, floor: Math.min(floor, cap), price, spent, excess, seen }, left);
        expect(Number.isFinite(next)).toBe(true);
        expect(next * price).toBeGreaterThanOrEqual(0);
        const isFloorReached = price < 0 && spent >= Math.min(floor, cap);
        const mayDouble = price > 0 && seen.wanted === 0;
        if (!isFloorReached && !mayDouble)
          expect(Math.abs(next - price)).toBeLessThanOrEqual(0.2501 * Math.max(excess, Math.abs(price) / 256) + 1e-300);
      })
    );
  });
});

describe('nextQuantum', () => {
  test('is a two-hundredth of a large limit, less when little is left, and enough sends to tell something', () => {
    expect(nextQuantum(1e6, 0, 1)).toBe(5000);
    expect(nextQuantum(1e6, 990_000, 1)).toBe(1000);
    expect(nextQuantum(1e6, 1e6, 1)).toBe(8);
    expect(nextQuantum(1e6, 1e6, 0.5)).toBe(4);
    expect(nextQuantum(20, 0, 1)).toBe(5);
  });
});

describe('spreadAmount', () => {
  test.each([
    [{ cap: 10, floor: 3, price: 1 }, 10],
    [{ cap: 10, floor: 3, price: -1 }, 3],
    [{ cap: Infinity, floor: 3, price: 0 }, 3],
    [{ cap: Infinity, floor: 0, price: 0 }, 0]
  ])('of %p is %p', (limit, want) => expect(spreadAmount(limit)).toBe(want));
});

describe('usableBy', () => {
  test('is a little more than the part of the day, and never more than the cap', () => {
    expect(usableBy(1000, 0, 1)).toBe(101);
    expect(usableBy(1000, 0.5, 1)).toBe(601);
    expect(usableBy(1000, 0.95, 1)).toBe(1000);
    expect(usableBy(1, 0, 1)).toBe(1);
    expect(usableBy(Infinity, 0, 1)).toBe(Infinity);
  });
});
