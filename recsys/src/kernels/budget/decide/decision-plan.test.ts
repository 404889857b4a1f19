import { Decider } from './decide.js';
import type { DecisionPlan } from './decision-plan.js';
import { planOf } from '../testing/decision-day.js';

const PLAN = planOf([[0, 1], [1], []], [10, 20], 100, { floors: [0, 5] });
const { limits, options } = PLAN;

describe('a plan', () => {
  test.each<[string, Partial<DecisionPlan>, RegExp]>([
    ['contradictory floors', { limits: { ...limits, floor: Float64Array.of(0, 21) } }, /limits 1: floor 21, cap 20/],
    ['a cap that is no number', { limits: { ...limits, cap: Float64Array.of(NaN, 20) } }, /limits 0: floor 0, cap NaN/],
    [
      'an infinite floor',
      { limits: { cap: Float64Array.of(10, Infinity), floor: Float64Array.of(0, Infinity) } },
      /limits 1/
    ],
    [
      'floors of other limits',
      { limits: { ...limits, floor: Float64Array.of(0) } },
      /limits.floor has 1 entries: want 2/
    ],
    ['prices of other limits', { prices: Float64Array.of(0) }, /prices has 1 entries: want 2/],
    ['an infinite price', { prices: Float64Array.of(0, -Infinity) }, /prices\[1\] is -Infinity/],
    ['half a cap', { personCap: 0.5 }, /personCap is 0.5: want an integer from 0 on, or Infinity/],
    ['a negative cap of a channel', { channels: [{ cap: -1, isCounted: true }] }, /channels\[0\].cap is -1/],
    ['an unknown channel', { options: { ...options, channel: Uint16Array.of(0, 1, 0) } }, /options.channel\[1\] is 1/],
    ['an unknown limit', { options: { ...options, limit: Uint32Array.of(0, 2, 1) } }, /options.limit\[1\] is 2/],
    ['a weight of nothing', { options: { ...options, weight: Float64Array.of(1, 0, 1) } }, /options.weight\[1\] is 0/],
    [
      'a weight that is no number',
      { options: { ...options, weight: Float64Array.of(NaN, 1, 1) } },
      /options.weight\[0\] is NaN/
    ],
    [
      'options that go backwards',
      { options: { ...options, start: Uint32Array.of(0, 3, 2, 3) } },
      /options.start\[2\] is less/
    ],
    ['options that begin late', { options: { ...options, start: Uint32Array.of(1, 2, 3, 3) } }, /options.start/],
    [
      'too few incidences',
      { options: { ...options, limit: Uint32Array.of(0) } },
      /options.limit has 1 entries: want 3/
    ],
    ['no time', { madeAtMs: NaN }, /madeAtMs is NaN/],
    ['no age', { maxAgeMs: 0 }, /maxAgeMs is 0/],
    ['hours of other limits', { fromMs: Float64Array.of(0) }, /fromMs has 1 entries: want 2/],
    ['hours that are none', { toMs: Float64Array.of(0, NaN) }, /toMs\[1\] is NaN/],
    ['nobody expected', { curve: { startMs: 0, intervalMs: 1, arrivals: [0] } }, /curve.arrivals expects nobody/]
  ])('with %s is refused', (_name, change, message) => {
    expect(() => new Decider({ ...PLAN, ...change })).toThrow(message);
  });

  test('without any limit is a plan', () => {
    expect(new Decider(planOf([[]], [], 1)).decide({ options: [0], values: [1] }, 0).send).toEqual([0]);
  });

  test('with limits of 0 sends nothing', () => {
    expect(new Decider(planOf([[0]], [0], 1)).decide({ options: [0], values: [1e9] }, 0).send).toEqual([]);
  });
});
