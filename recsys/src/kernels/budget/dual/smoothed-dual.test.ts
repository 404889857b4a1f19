import fc from 'fast-check';
import { certify } from '../certify/certify.js';
import { referencePass } from './reference-pass.js';
import { smoothedDual } from './smoothed-dual.js';
import { amount } from '../testing/amounts.js';
import { oneOption } from '../testing/one-option.js';
import { tilesOf, tinyProblem } from '../testing/tiny-problem.js';
import type { TinyProblem } from '../testing/tiny-problem.js';

const SHAPE = { people: 4, options: 4, limits: 3 };
const LOWEST = new Float64Array(3).fill(-2);
const prices = fc.array(amount(-1.5, 3), { minLength: 3, maxLength: 3 });
const smoothing = fc.constantFrom(1, 0.1, 0.003);

/** Prices of caps that are not there would make everything infinite. */
function finitePrices({ problem }: TinyProblem, drawn: readonly number[]): Float64Array {
  return Float64Array.from(drawn, (price, k) => (problem.limits.cap[k] === Infinity ? Math.min(price, 0) : price));
}

const dualOf = (tiny: TinyProblem) => smoothedDual(tiny.problem, referencePass(tiny.problem), tilesOf(tiny), LOWEST);

test('the smoothed dual is an upper bound itself, and close to the dual where smoothing is little', async () => {
  await fc.assert(
    fc.asyncProperty(tinyProblem(SHAPE, true), prices, smoothing, async (tiny, drawn, much) => {
      const at = finitePrices(tiny, drawn);
      const candidates = tiny.candidates.value.length;
      const { bound } = await certify(tiny.problem, tilesOf(tiny), at, { seed: 1, candidates });
      const { value } = await dualOf(tiny)(at, much);
      const rounding = 1e-6 * (1 + Math.abs(bound));
      expect(value).toBeGreaterThanOrEqual(bound - rounding);
      expect(value).toBeLessThanOrEqual(bound + (candidates * much) / 8 + rounding);
    }),
    { numRuns: 200 }
  );
});

test('the slope is how the value changes with a price', async () => {
  await fc.assert(
    fc.asyncProperty(tinyProblem(SHAPE, true), prices, async (tiny, drawn) => {
      const at = finitePrices(tiny, drawn);
      const dual = dualOf(tiny);
      const { slope } = await dual(at, 0.5);
      const step = 1e-5;
      for (const [k, price] of at.entries()) {
        if (Math.abs(price) < 2 * step) continue;
        const [above, below] = [await dual(at.with(k, price + step), 0.5), await dual(at.with(k, price - step), 0.5)];
        expect(slope[k]).toBeCloseTo((above.value - below.value) / (2 * step), 3);
      }
    }),
    { numRuns: 100 }
  );
});

describe('where a price may not go both ways', () => {
  test.each([
    ['at 0 with a cap that is not full: nowhere', 2, 0, 0, 0],
    ['at 0 with a cap that is over-full: up', 0.25, 0, 0, -0.75],
    ['at 0 with a floor that is missed: down', 5, 3, 0, 2],
    ['at 0 without cap and floor: nowhere', Infinity, 0, 0, 0],
    ['at its lowest with a floor that is missed: nowhere', 5, 3, -2, 0],
    ['at its lowest with a floor that is kept: up', 5, 0.5, -2, -0.5]
  ])('%s', async (_name, cap, floor, price, want) => {
    const tiny = oneOption([1], cap, floor);
    const { slope } = await smoothedDual(tiny.problem, referencePass(tiny.problem), tilesOf(tiny), LOWEST)(Float64Array.of(price), 0.1); // prettier-ignore
    expect(slope[0]).toBe(want);
  });
});
