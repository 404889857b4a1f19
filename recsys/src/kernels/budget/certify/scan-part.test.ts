import fc from 'fast-check';
import { MOST_PARTS, partsFor, rangeOf } from './scan-part.js';

const MANY_CELLS = 2 ** 30;

test('all are looked at where much is to be moved, fewer the less it is', () => {
  const partsBy = (share: number): number => partsFor(Float64Array.of(share * 1e6), Float64Array.of(1e6), MANY_CELLS);
  expect([0.5, 0.05, 0.005, 0.0005].map(partsBy)).toEqual([1, 1, 8, MOST_PARTS]);
});

test('all are looked at where there are few, or where little is left of one limit alone', () => {
  expect(partsFor(Float64Array.of(1), Float64Array.of(1e6), 2 ** 20)).toBe(1);
  expect(partsFor(Float64Array.of(0, 3e4), Float64Array.of(1e6, 3e4), MANY_CELLS)).toBe(1);
});

test('a part is one of equal pieces of a tile, and all of it where there is one part', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40_000 }),
      fc.constantFrom(1, 2, 4, 8, 16),
      fc.nat(),
      fc.nat(),
      (...drawn) => {
        const [people, parts, seed, index] = drawn;
        const { from, to } = rangeOf({ parts, seed }, people, index);
        expect(from).toBeGreaterThanOrEqual(0);
        expect(to).toBeLessThanOrEqual(people);
        expect(Math.abs(to - from - people / parts)).toBeLessThan(1);
      }
    )
  );
  expect(rangeOf({ parts: 1, seed: 5 }, 100, 3)).toEqual({ from: 0, to: 100 });
});

test('other pieces are looked at in other tiles', () => {
  const starts = Array.from({ length: 200 }, (_, index) => rangeOf({ parts: 16, seed: 1 }, 1600, index).from);
  expect(new Set(starts).size).toBe(16);
});
