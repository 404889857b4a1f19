import { footingOf } from './footing.js';
import { drawnProblem, KINDS } from '../testing/drawn-problem.js';
import { tilesOf } from '../testing/tiny-problem.js';

const tiny = drawnProblem(KINDS.easy, 30, 1);
const everybody = tilesOf(tiny);
const most = Math.max(...tiny.candidates.value);
const withCap = (k: number, cap: number) => ({
  ...tiny.problem,
  limits: { ...tiny.problem.limits, cap: tiny.problem.limits.cap.with(k, cap) }
});

test('a cap of 0 begins above every value, whatever counts lightly; the others at 0', () => {
  const problem = withCap(2, 0);
  const weight = problem.options.weight.map((each, at) => (problem.options.limit[at] === 2 ? 0.5 : each));
  const { start } = footingOf({ ...problem, options: { ...problem.options, weight } }, [everybody]);
  expect(start[2]).toBeGreaterThan(2 * most);
  expect(start[2]).toBeLessThan(2.001 * most);
  expect([...start].filter(price => price !== 0)).toHaveLength(1);
});

test('a cap of 0 of something that is nobody’s needs no price', () => {
  const problem = withCap(2, 0);
  const limit = problem.options.limit.map(k => (k === 2 ? 3 : k));
  const { start } = footingOf({ ...problem, options: { ...problem.options, limit } }, [everybody]);
  expect([...start]).toEqual(Array.from(start, () => 0));
});

test('with a cap of 0, the largest value is looked for among everybody: a sample may be without it', () => {
  const sample = tilesOf({ ...tiny, candidates: { ...tiny.candidates, value: tiny.candidates.value.map(() => 0.01) } });
  const { start } = footingOf(withCap(2, 0), [sample, everybody]);
  expect(start[2]).toBeGreaterThan(most);
});

test('only floors let prices go below 0, and only then is there a worst to fall below', () => {
  const { lowest, worst } = footingOf(tiny.problem, [everybody]);
  expect([worst, ...lowest]).toEqual([-Infinity, ...Array.from(lowest, () => 0)]);
  const floors = drawnProblem(KINDS['floors that nearly fill the cap'], 30, 1);
  const footing = footingOf(floors.problem, [tilesOf(floors)]);
  const negative = floors.candidates.value.filter(value => value < 0).reduce((sum, value) => sum + value, 0);
  expect(footing.worst).toBeCloseTo(negative, 6);
  expect(footing.worst).toBeLessThan(negative);
  expect(Array.from(footing.lowest, Math.sign)).toEqual([0, ...Array.from({ length: 10 }, () => -1)]);
});

test.each([
  ['there are prices from before', [everybody, everybody], new Float64Array(14), true],
  ['there is nobody but everybody, so that it costs little', [everybody], undefined, true],
  ['there are samples to ask first', [everybody, everybody], undefined, false]
])('whether to certify first: %s', (_name, levels, warm, want) => {
  expect(footingOf(tiny.problem, levels, warm).isLikely).toBe(want);
});
