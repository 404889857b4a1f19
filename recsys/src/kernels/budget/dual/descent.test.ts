/** Descents on functions whose minimum is known: a quadratic with a kink at 0 in every price, as a dual has. */
import fc from 'fast-check';
import { Curvature } from './curvature.js';
import { descend } from './descent.js';
import type { DescentRules } from './descent.js';
import type { DualPoint, SmoothedDual } from './smoothed-dual.js';
import { amount } from '../testing/amounts.js';

/** ½ Σ own · price² + ½ common · (Σ price)² − Σ demand · price + Σ cap · price⁺ + floor · price⁻: usage is minus the slope of the first part. */
interface Kinked {
  readonly own: readonly number[];
  readonly common: number;
  readonly demand: readonly number[];
  readonly cap: readonly number[];
  readonly floor: readonly number[];
  readonly lowest: Float64Array;
}

function dualOf({ own, common, demand, cap, floor, lowest }: Kinked): SmoothedDual {
  return prices => {
    const sum = prices.reduce((total, price) => total + price, 0);
    const usage = prices.map((price, k) => (demand[k] as number) - (own[k] as number) * price - common * sum);
    const terms = prices.map((price, k) => {
      const limits = price === 0 ? 0 : price * ((price > 0 ? cap[k] : floor[k]) as number);
      return price * (((own[k] as number) * price) / 2 - (demand[k] as number)) + limits;
    });
    const value = terms.reduce((total, term) => total + term, 0) + (common * sum * sum) / 2;
    const slope = prices.map((price, k) => {
      const [above, below] = [(cap[k] as number) - (usage[k] as number), (floor[k] as number) - (usage[k] as number)];
      if (price > 0) return above;
      if (price < 0) return price <= (lowest[k] as number) && below > 0 ? 0 : below;
      return above < 0 ? above : below > 0 && (lowest[k] as number) < 0 ? below : 0;
    });
    return Promise.resolve<DualPoint>({ prices, value, usage, slope });
  };
}

const LIMITS = 6;
const list = (min: number, max: number): fc.Arbitrary<number[]> =>
  fc.array(amount(min, max), { minLength: LIMITS, maxLength: LIMITS });
const kinked: fc.Arbitrary<Kinked> = fc
  .record({
    own: list(0.1, 100),
    common: amount(0, 50),
    demand: list(-5, 10),
    room: list(0, 6),
    floor: list(-3, 4)
  })
  .map(({ room, floor, ...rest }) => {
    const least = floor.map(each => Math.max(each, 0));
    return {
      ...rest,
      floor: least,
      cap: least.map((each, k) => each + (room[k] as number)),
      lowest: Float64Array.from(least, each => (each > 0 ? -4 : 0))
    };
  });

const steepest = ({ slope }: DualPoint): number => slope.reduce((most, each) => Math.max(most, Math.abs(each)), 0);

async function descent(given: Kinked, more: Partial<DescentRules> = {}) {
  const dual = dualOf(given);
  let passes = 0;
  const start = await dual(new Float64Array(LIMITS), 1);
  return descend(dual, start, {
    smoothing: 1,
    curvature: new Curvature(new Float64Array(LIMITS).fill(10), 10),
    lowest: given.lowest,
    farthest: new Float64Array(LIMITS).fill(1),
    isDone: point => steepest(point) < 1e-6,
    mayPass: () => (passes += 1) <= 2000,
    ...more
  });
}

test('the minimum is found, on whichever side of 0 or at which bound it is', async () => {
  await fc.assert(
    fc.asyncProperty(kinked, async given => {
      const { point, end } = await descent(given);
      expect(end).toBe('done');
      expect(point.prices.every((price, k) => price >= (given.lowest[k] as number))).toBe(true);
    }),
    { numRuns: 300 }
  );
});

test('every point that is taken is lower than the one before', async () => {
  await fc.assert(
    fc.asyncProperty(kinked, async given => {
      const values: number[] = [];
      await descent(given, {
        isDone: point => {
          values.push(point.value);
          return steepest(point) < 1e-6;
        }
      });
      for (const [at, value] of values.entries()) {
        expect(value).toBeLessThanOrEqual((values[at - 1] ?? Infinity) + 1e-9 * Math.abs(value));
      }
    }),
    { numRuns: 100 }
  );
});

test('no pass is made once there may be none, and the best point so far is kept', async () => {
  const given = { own: [1, 1, 1, 1, 1, 1], common: 3, demand: [9, 8, 7, 6, 5, 4], cap: [1, 1, 1, 1, 1, 1], floor: [0, 0, 0, 0, 0, 0], lowest: new Float64Array(LIMITS) }; // prettier-ignore
  const { end, point } = await descent(given, { mayPass: () => false });
  expect([end, point.value]).toEqual(['halted', 0]);
});

test('a function that says it falls but does not is given up on, not tried for ever', async () => {
  const lying: SmoothedDual = prices =>
    Promise.resolve({
      prices,
      value: prices.some(price => price !== 0) ? 1 : 0,
      usage: prices.map(price => 2 - 1e9 * price),
      slope: prices.map(price => 1e9 * price - 1)
    });
  const start = await lying(new Float64Array(LIMITS), 1);
  const { end } = await descend(lying, start, {
    smoothing: 1,
    curvature: new Curvature(new Float64Array(LIMITS).fill(1e-6), 10),
    lowest: new Float64Array(LIMITS),
    farthest: new Float64Array(LIMITS).fill(1),
    isDone: () => false,
    mayPass: () => true
  });
  expect(end).toBe('stuck');
});
