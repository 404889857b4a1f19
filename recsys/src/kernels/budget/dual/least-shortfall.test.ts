import fc from 'fast-check';
import { drawnProblem, KINDS } from '../testing/drawn-problem.js';
import { leastShortfallInMemory } from '../testing/solve-in-memory.js';
import { keepsPersonCaps, tinyProblem, usageBy } from '../testing/tiny-problem.js';
import type { TinyProblem } from '../testing/tiny-problem.js';

const sum = (values: Float64Array): number => values.reduce((total, each) => total + each, 0);

/** How much of the floors the best plan of all misses. */
function leastOfAll(tiny: TinyProblem): number {
  const { cap, floor } = tiny.problem.limits;
  const count = tiny.candidates.value.length;
  let least = Infinity;
  for (let plan = 0; plan < 2 ** count; plan += 1) {
    const send = Array.from({ length: count }, (_, at) => ((plan >>> at) & 1) === 1);
    const usage = usageBy(tiny, send);
    if (!keepsPersonCaps(tiny, send) || usage.some((used, k) => used > (cap[k] as number))) continue;
    least = Math.min(least, usage.reduce((missing, used, k) => missing + Math.max(0, (floor[k] as number) - used), 0)); // prettier-ignore
  }
  return least;
}

test('no plan misses less, and some plan misses no more than is said limit by limit', async () => {
  await fc.assert(
    fc.asyncProperty(tinyProblem({ people: 3, options: 3, limits: 3 }, true), async tiny => {
      const { shortfall, byLimit } = await leastShortfallInMemory(tiny);
      const least = leastOfAll(tiny);
      expect(shortfall).toBeLessThanOrEqual(least + 1e-9);
      expect(sum(byLimit)).toBeGreaterThanOrEqual(least - 1e-9);
    }),
    { numRuns: 150 }
  );
});

test('floors that can just be kept are not called impossible', async () => {
  const tiny = drawnProblem(KINDS['floors that nearly fill the cap'], 200, 3);
  expect(await leastShortfallInMemory(tiny)).toMatchObject({ shortfall: 0 });
});

describe('floors that cannot be kept', () => {
  const tiny = drawnProblem(KINDS['floors that nearly fill the cap'], 200, 3);
  const limits = { ...tiny.problem.limits, cap: tiny.problem.limits.cap.with(0, 70) };
  const short = { ...tiny, problem: { ...tiny.problem, limits } };
  const wanted = sum(limits.floor);

  test('the least that is missing is proven, and the plan misses hardly more', async () => {
    const { shortfall, byLimit } = await leastShortfallInMemory(short);
    expect(shortfall).toBeLessThanOrEqual(wanted - 70);
    expect(shortfall).toBeGreaterThan((wanted - 70) * 0.998);
    expect(sum(byLimit)).toBe(wanted - 70);
  });

  test('the prices say which limits are in conflict: the total against the floors', async () => {
    const { prices } = await leastShortfallInMemory(short);
    expect(prices[0]).toBeGreaterThan(0.9);
    expect(Math.max(...prices.slice(1))).toBeLessThan(-0.9);
  });

  test('samples say the same', async () => {
    const { shortfall } = await leastShortfallInMemory(short, [0.5]);
    expect(shortfall).toBeGreaterThan((wanted - 70) * 0.998);
  });
});

test('a floor of something that is nobody’s is missed whole, alone in the conflict', async () => {
  const tiny = drawnProblem(KINDS['floors that nearly fill the cap'], 50, 3);
  const value = tiny.candidates.value.map((each, at) => (at % 10 === 4 ? -Infinity : each));
  const { shortfall, byLimit, prices } = await leastShortfallInMemory({
    ...tiny,
    candidates: { ...tiny.candidates, value }
  });
  expect(shortfall).toBeLessThanOrEqual(2);
  expect(shortfall).toBeGreaterThan(2 * 0.998);
  expect([...byLimit]).toEqual([0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0]);
  expect(prices[5]).toBeCloseTo(-1, 2);
});
