/** Budgets in the real runtime: made, sealed, solved again and again; in memory and on the disk. */
import {
  campaignBudget,
  createBudget,
  type GivenBudget,
  makeBudget,
  readPlan,
  solveBudget,
  type Solved
} from './testing/budget-client.js';
import type { RuntimeClient } from './testing/runtime-client.js';
import { RuntimeProcess } from './testing/runtime-process.js';

const LIMITED = campaignBudget(3000, 1);

/** Tiles in memory, and tiles in files. */
const PLACES = [
  ['in memory', {}],
  ['on the disk', { BERTH_RECSYS_BUDGET_RESIDENT_MIB: '0' }]
] as const;

function expectGood(given: GivenBudget, solved: Solved, limits = given.limits): void {
  const { usage, value, broken } = readPlan(given, solved.send, limits);
  expect(broken).toEqual([]);
  solved.usage.forEach((used, limit) => expect(used).toBeCloseTo(usage[limit] ?? NaN, 6));
  expect(solved.value).toBeCloseTo(value, 6);
  expect(solved.bound).toBeGreaterThanOrEqual(solved.value);
}

describe.each(PLACES)('a budget with its tiles %s', (_place, environment) => {
  let runtime: RuntimeProcess;
  let client: RuntimeClient;
  beforeAll(async () => {
    runtime = await RuntimeProcess.start(undefined, environment);
    client = await runtime.connect();
  });
  afterAll(() => runtime.end());

  test('is solved within every cap, with a bound, the same way each time, and tells how', async () => {
    const { budget, estimate } = await createBudget(client, LIMITED);
    const { result } = await client.call('budget.seal', { budget });
    const isResident = Object.keys(environment).length === 0;
    expect(result).toMatchObject({ isResident, tiles: expect.any(Number), memoryBytes: expect.any(Number) });
    expect(estimate['isResident']).toBe(isResident);
    const { result: metrics } = await client.call('metrics');
    expect(metrics['text']).toContain(`berth_recsys_resident_bytes{budget="${budget}"}`);
    const solved = await solveBudget(client, budget, { gap: 5e-3 });
    expectGood(LIMITED, solved);
    expect(solved).toMatchObject({ status: 'certified', reason: null });
    expect(solved.gap).toBeLessThanOrEqual(5e-3);
    expect(solved.answer.result).toMatchObject({ isResident, passes: expect.any(Number), history: expect.any(Array) });
    expect(solved.answer.result['peakBytes']).toBeGreaterThan(2 ** 24);
    const again = await solveBudget(client, budget, { gap: 5e-3 });
    expect({ ...again, answer: 0 }).toEqual({ ...solved, answer: 0 });
  });

  test('gives the same plan whether everybody’s options are told or known to be all', async () => {
    const dense = campaignBudget(1000, 2, { isDense: true });
    const [told, known] = [{ ...dense, isDense: false }, dense];
    const plans = [];
    for (const given of [told, known]) {
      const solved = await solveBudget(client, await makeBudget(client, given), { gap: 5e-3 });
      expectGood(given, solved);
      plans.push(solved.send);
    }
    expect(plans[0]).toEqual(plans[1]);
  });

  test('is solved with other limits, and with yesterday’s prices, without being sent again', async () => {
    const budget = await makeBudget(client, LIMITED);
    const first = await solveBudget(client, budget, { gap: 5e-3 });
    const limits = LIMITED.limits.map(({ cap = Infinity }, limit) => (limit === 0 ? { cap: cap / 2 } : { cap }));
    const cap = Float64Array.from(limits, each => each.cap);
    const prices = Float64Array.from(first.prices);
    const half = await solveBudget(client, budget, { gap: 5e-3 }, { cap, prices });
    expectGood(LIMITED, half, limits);
    expect(half.value).toBeLessThan(first.value);
    expect(half.prices[0]).toBeGreaterThan(first.prices[0] ?? NaN);
    expectGood(LIMITED, await solveBudget(client, budget, { gap: 5e-3 }, { prices }));
  });

  test('keeps the caps of each person where they differ', async () => {
    const people = 900;
    const given = campaignBudget(people, 3, {
      personCap: Array.from({ length: people }, (_, person) => (person % 4 === 3 ? 65_535 : person % 4)),
      channels: [
        { cap: Array.from({ length: people }, (_, person) => person % 3), counted: true },
        { cap: null, counted: true }
      ]
    });
    expectGood(given, await solveBudget(client, await makeBudget(client, given), { gap: 1e-2 }));
  });

  test('says of floors that nobody can keep which they are, and by how much', async () => {
    const given: GivenBudget = {
      people: Array.from({ length: 50 }, (_, person) => [{ option: person % 2, value: 1 }]),
      options: [{ counts: new Map([[0, 1]]) }, { counts: new Map([[1, 1]]) }],
      limits: [{ cap: 20, floor: 0 }, { floor: 30 }]
    };
    const solved = await solveBudget(client, await makeBudget(client, given));
    expect(solved).toMatchObject({ status: 'infeasible' });
    expect(readPlan(given, solved.send).broken).toEqual([]);
    const { relaxation, conflict } = solved.answer.arrays;
    expect(relaxation?.values[0]).toBe(0);
    expect(relaxation?.values[1]).toBeCloseTo(5, 3);
    expect(conflict?.values[1]).toBeLessThan(0);
    const able = await solveBudget(
      client,
      await makeBudget(client, { ...given, limits: [{ cap: 20 }, { floor: 25 }] })
    );
    expect(able.shortfall).toEqual([0, 0]);
  });

  test.each<[string, GivenBudget, number]>([
    ['without people', { people: [], options: [], limits: [] }, 0],
    ['without candidates', { people: [[], []], options: [{ counts: new Map([[0, 1]]) }], limits: [{ cap: 1 }] }, 0],
    ['without limits', { people: [[{ option: 0, value: 2 }], []], options: [{ counts: new Map() }], limits: [] }, 2],
    [
      'of nothing but what is excluded or worth less than nothing',
      {
        people: [[{ option: 0, value: -Infinity }], [{ option: 0, value: -1 }]],
        options: [{ counts: new Map([[0, 1]]) }],
        limits: [{ cap: 1 }]
      },
      0
    ],
    [
      'with a budget of 0',
      { people: [[{ option: 0, value: 1 }]], options: [{ counts: new Map([[0, 1]]) }], limits: [{ cap: 0 }] },
      0
    ],
    [
      'with a hundred thousand options for one person',
      {
        people: [[], Array.from({ length: 100_000 }, (_, option) => ({ option, value: option % 1000 })), []],
        options: Array.from({ length: 100_000 }, () => ({ counts: new Map([[0, 1]]) })),
        limits: [{ cap: 50 }],
        personCap: 70
      },
      50 * 999
    ]
  ])('%s is solved', async (_name, given, value) => {
    const solved = await solveBudget(client, await makeBudget(client, given), { gap: 1e-3 });
    expectGood(given, solved);
    expect(solved.value).toBe(value);
    expect(solved.status).toBe('certified');
  });
});
