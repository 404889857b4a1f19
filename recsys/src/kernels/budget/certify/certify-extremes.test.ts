import { certify } from './certify.js';
import type { Certified } from '../problem.js';
import { drawnProblem, KINDS } from '../testing/drawn-problem.js';
import { oneOption } from '../testing/one-option.js';
import { solveInMemory } from '../testing/solve-in-memory.js';
import { sentBits, tilesOf, usageBy } from '../testing/tiny-problem.js';
import type { TinyProblem } from '../testing/tiny-problem.js';

const certified = (tiny: TinyProblem, prices: readonly number[]): Promise<Certified> =>
  certify(tiny.problem, tilesOf(tiny), Float64Array.from(prices), {
    seed: 1,
    candidates: tiny.candidates.value.length
  });

test('prices so large that sums overflow bound nothing', async () => {
  const { bound, usage } = await certified(oneOption([1, 2], 1, 1e10), [-1e300]);
  expect([bound, ...usage]).toEqual([Infinity, 1]);
});

test.each([1, 3])('what is excluded is not sent, however much a floor pays for it (cap of a person: %d)', async cap => {
  const { problem, candidates } = oneOption([1e29, -Infinity], 2, 2);
  const dear = { ...problem, caps: { ...problem.caps, person: cap } };
  const { send, bound } = await certified({ problem: dear, candidates }, [-1e33]);
  expect(send[0]).toBe(0b01);
  expect(bound).toBeLessThan(-0.99e33);
});

test('a price above all values adds nothing to the bound of a cap of 0, and nothing is sent', async () => {
  const values = Array.from({ length: 10_000 }, (_, at) => (at % 2 === 0 ? 1e15 : at / 3));
  for (const price of [0, 2e15, 1e300]) {
    const { bound, value } = await certified(oneOption(values, 0), [price]);
    expect(value).toBe(0);
    if (price > 0) expect(bound).toBe(0);
  }
});

test('a cap is used to the last where weights add up without rounding', async () => {
  const { problem, candidates } = oneOption([1, 1, 1], 1);
  const halves = { ...problem, options: { ...problem.options, weight: Float64Array.of(0.5) } };
  const { value, usage } = await certified({ problem: halves, candidates }, [0]);
  expect([value, ...usage]).toEqual([2, 1]);
});

test('weights so small that more would have to go than there is: another limit is still relieved', async () => {
  const { problem, candidates } = oneOption(new Array<number>(2000).fill(1), 0);
  const options = {
    start: Uint32Array.of(0, 1, 3),
    limit: Uint32Array.of(0, 0, 1),
    weight: Float64Array.of(1e-9, 1, 1),
    channel: Uint16Array.of(0, 0)
  };
  const limits = { cap: Float64Array.of(1000, 500), floor: new Float64Array(2) };
  const tiny = { problem: { ...problem, options, limits }, candidates: { ...candidates, option: Int32Array.of(1) } };
  expect((await certified(tiny, [0, 0])).value).toBe(500);
});

test('weights of all magnitudes: no cap is broken', async () => {
  const { problem, candidates } = drawnProblem(KINDS.easy, 300, 4);
  const weight = problem.options.weight.map((_, at) => 10 ** ((at % 13) - 6));
  const tiny = { problem: { ...problem, options: { ...problem.options, weight } }, candidates };
  const { certified } = await solveInMemory(tiny);
  const sent = sentBits(certified.send, candidates.value.length);
  expect(usageBy(tiny, sent).filter((used, k) => used > problem.limits.cap[k]!)).toEqual([]);
  expect(certified.value).toBeGreaterThan(0.9 * certified.bound);
});
