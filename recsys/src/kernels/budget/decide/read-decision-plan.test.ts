import { Decider } from './decide.js';
import { readDecisionPlan } from './read-decision-plan.js';

const DAY = { curve: { startMs: 0, intervalMs: 86_400_000, arrivals: [1000] }, maxAgeMs: 1e9 };
const PLAN = {
  version: 1,
  madeAtMs: 0,
  limits: {
    names: [
      ['total', null],
      ['channel', 'push'],
      ['content', 17]
    ],
    cap: [100, 40, null],
    floor: [0, 0, 10]
  },
  prices: [0.5, 0.25, -0.125],
  options: { start: [0, 2, 3, 4], limit: [0, 1, 0, 2], weight: [1, 1, 2, 1], channel: [0, 1, 1] },
  personCap: 2,
  channels: [
    { name: 'push', cap: 1, isCounted: true },
    { name: null, cap: null, isCounted: true }
  ]
};

describe('readDecisionPlan', () => {
  test('reads what the Python client wrote', () => {
    const plan = readDecisionPlan(JSON.parse(JSON.stringify(PLAN)), DAY);
    expect(plan.limitNames).toEqual(PLAN.limits.names);
    expect(plan.channelNames).toEqual(['push', null]);
    expect([...plan.limits.cap]).toEqual([100, 40, Infinity]);
    const decider = new Decider(plan);
    expect([0, 1, 2].map(option => decider.priceOf(option, 1))).toEqual([0.75, 1, -0.125]);
  });

  test.each<[string, unknown, RegExp]>([
    ['no object', [], /plan is a list of 0: want an object with version, madeAtMs/],
    ['another version', { ...PLAN, version: 2 }, /plan.version is 2: want 1/],
    ['no prices', { ...PLAN, prices: undefined }, /prices is undefined: want a list/],
    ['a price that is a text', { ...PLAN, prices: [0.5, '0.25', 0] }, /prices\[1\] is "0.25": want a number/],
    ['too few prices', { ...PLAN, prices: [0.5] }, /prices has 1 entries: want 3/],
    ['a key that is not known', { ...PLAN, extra: 1 }, /plan has the key "extra"/],
    ['a limit without a name', { ...PLAN, limits: { ...PLAN.limits, names: [7] } }, /limits.names\[0\] is 7/],
    ['a channel that is none', { ...PLAN, channels: ['push'] }, /channels\[0\] is "push"/],
    ['an option of no limit', { ...PLAN, options: { ...PLAN.options, limit: [0, 1, 0, 3] } }, /options.limit\[3\] is 3/]
  ])('refuses %s', (_name, json, message) => {
    expect(() => readDecisionPlan(json, DAY)).toThrow(message);
  });

  test('names everything that is wrong at once', () => {
    const wrong = { ...PLAN, madeAtMs: 'now', personCap: 'two', prices: null };
    expect(() => readDecisionPlan(wrong, DAY)).toThrow(/personCap.*prices.*madeAtMs/);
  });
});
