import fc from 'fast-check';
import { certify } from './certify.js';
import { fillTile } from '../tiles/fill-tile.js';
import { memoryTiles } from '../tiles/memory-tiles.js';
import { planTiles } from '../tiles/plan-tiles.js';
import type { Certified, Problem } from '../problem.js';
import { amount } from '../testing/amounts.js';
import { oneOption } from '../testing/one-option.js';
import {
  bestOfAll,
  dualOf,
  keepsPersonCaps,
  sentBits,
  tilesOf,
  tinyProblem,
  usageBy
} from '../testing/tiny-problem.js';
import type { TinyProblem } from '../testing/tiny-problem.js';

const SMALL = { people: 3, options: 4, limits: 3 };
const certified = (tiny: TinyProblem, prices: readonly number[], seed = 1): Promise<Certified> =>
  certify(tiny.problem, tilesOf(tiny), Float64Array.from(prices), { seed, candidates: tiny.candidates.value.length });

const pricesFor = (count: number): fc.Arbitrary<number[]> =>
  fc.array(fc.oneof(fc.constant(0), amount(-3, 3)), {
    minLength: count,
    maxLength: count
  });

describe('whatever the prices', () => {
  test('no cap is broken, and what is said of the plan is so', async () => {
    const problem = tinyProblem({ people: 6, options: 5, limits: 4 }, true);
    await fc.assert(
      fc.asyncProperty(problem, pricesFor(4), fc.nat(), async (tiny, prices, seed) => {
        const { value, usage, shortfall, send } = await certified(tiny, prices, seed);
        const sent = sentBits(send, tiny.candidates.value.length);
        expect(keepsPersonCaps(tiny, sent)).toBe(true);
        for (const [k, used] of usageBy(tiny, sent).entries()) {
          expect(used).toBeLessThanOrEqual(tiny.problem.limits.cap[k]!);
          expect(usage[k]).toBeCloseTo(used, 12);
          expect(shortfall[k]).toBeCloseTo(Math.max(0, tiny.problem.limits.floor[k]! - used), 12);
        }
        const worth = sent.reduce((sum, own, at) => sum + (own ? tiny.candidates.value[at]! : 0), 0);
        expect(value).toBeCloseTo(worth, 10);
      }),
      { numRuns: 400 }
    );
  });

  test('no plan is worth more than the bound, nor this one more than the best', async () => {
    await fc.assert(
      fc.asyncProperty(tinyProblem(SMALL, true), pricesFor(3), async (tiny, prices) => {
        const best = bestOfAll(tiny);
        const { bound, value, shortfall } = await certified(tiny, prices);
        const isShort = shortfall.some(short => short > 0);
        if (best === undefined) expect(isShort).toBe(true);
        else expect(bound).toBeGreaterThanOrEqual(best);
        if (best !== undefined && !isShort) expect(value).toBeLessThanOrEqual(best + 1e-9);
      }),
      { numRuns: 200 }
    );
  });

  test('the bound is the dual, but for the last places', async () => {
    await fc.assert(
      fc.asyncProperty(tinyProblem(SMALL, true), pricesFor(3), async (tiny, prices) => {
        const { bound } = await certified(tiny, prices);
        const want = dualOf(tiny, prices);
        if (!Number.isFinite(want)) expect(bound).toBe(want);
        else expect(Math.abs(bound - want)).toBeLessThan(1e-5);
      }),
      { numRuns: 200 }
    );
  });
});

describe('with one option', () => {
  const values = fc.array(fc.oneof(fc.integer({ min: -2, max: 3 }), amount(-1, 3)), {
    minLength: 2,
    maxLength: 60
  });

  test('those get it to whom it is worth most, however wrong its price is', async () => {
    const price = amount(0, 4);
    await fc.assert(
      fc.asyncProperty(values, fc.nat(60), price, async (list, cap, wrong) => {
        const tiny = oneOption(list, cap);
        const { value } = await certified(tiny, [wrong]);
        const best = [...tiny.candidates.value].sort((one, other) => other - one).slice(0, cap);
        expect(value).toBeCloseTo(
          best.filter(own => own > 0).reduce((sum, own) => sum + own, 0),
          9
        );
      })
    );
  });

  test('a floor is kept, at the least loss, though it is worth less than nothing, and no more than the floor', async () => {
    const price = amount(-4, 4);
    await fc.assert(
      fc.asyncProperty(values, fc.nat(60), price, async (list, floor, wrong) => {
        const least = Math.min(floor, list.length);
        const tiny = oneOption(list, list.length, least);
        const { value, usage } = await certified(tiny, [wrong]);
        const sorted = [...tiny.candidates.value].sort((one, other) => other - one);
        const want = sorted.filter((own, at) => own > 0 || at < least);
        expect(value).toBeCloseTo(
          want.reduce((sum, own) => sum + own, 0),
          9
        );
        expect(usage[0]).toBeGreaterThanOrEqual(least);
      })
    );
  });

  test('equals are drawn evenly where they are too many to be put in order', async () => {
    const people = 400_000;
    const { send, usage } = await certified(oneOption(new Array<number>(people).fill(1), 100_000), [0]);
    const early = sentBits(send, people).slice(0, people / 4).filter(Boolean).length; // prettier-ignore
    expect(usage[0]).toBe(100_000);
    expect(Math.abs(early - 25_000)).toBeLessThan(2500);
  });

  test('equals are drawn evenly, not those who come first, and others with another seed', async () => {
    const tiny = oneOption(new Array<number>(10_000).fill(1), 1000);
    const [none, all, again] = await Promise.all([certified(tiny, [2]), certified(tiny, [0]), certified(tiny, [2], 2)]);
    for (const { send } of [none, all, again]) {
      const sent = sentBits(send, 10_000);
      const early = sent.slice(0, 2500).filter(Boolean).length;
      expect(sent.filter(Boolean)).toHaveLength(1000);
      // 250 on average, with a standard deviation of 13.
      expect(Math.abs(early - 250)).toBeLessThan(80);
    }
    expect(again.send).not.toEqual(none.send);
    expect((await certified(tiny, [2])).send).toEqual(none.send);
  });
});

/** P people of J options each; limit k counts the options o with o % limits = k, those of a later one are worth more, the last counts all. */
function manyPeople(people: number, options: number, limits: number, cap: number, floor: number): TinyProblem {
  let state = 1;
  const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const limit = Array.from({ length: options }, (_, option) => [option % limits, limits]).flat();
  return {
    problem: {
      limits: {
        cap: Float64Array.from({ length: limits + 1 }, (_, k) => (k < limits ? cap : (cap * limits) / 2)),
        floor: Float64Array.from({ length: limits + 1 }, (_, k) => (k < limits ? floor : 0))
      },
      options: {
        start: Uint32Array.from({ length: options + 1 }, (_, option) => 2 * option),
        limit: Uint32Array.from(limit),
        weight: new Float64Array(2 * options).fill(1),
        channel: Uint16Array.from({ length: options }, (_, option) => option % 2)
      },
      caps: {
        person: 2,
        channels: [
          { cap: 1, isCounted: true },
          { cap: 2, isCounted: true }
        ]
      }
    },
    candidates: {
      start: Uint32Array.from({ length: people + 1 }, (_, person) => person * options),
      option: Int32Array.from({ length: options }, (_, option) => option),
      value: Float32Array.from({ length: people * options }, (_, at) => random() * (1 + ((at % options) % limits)))
    }
  };
}

describe('with floors', () => {
  test.each([0, 0.9])('all are kept that can be, at prices of %d', async price => {
    const tiny = manyPeople(2000, 6, 3, 400, 180);
    const { shortfall, usage } = await certified(tiny, [price, price, price, 0]);
    expect([...shortfall]).toEqual([0, 0, 0, 0]);
    expect(usage[3]).toBeLessThanOrEqual(600);
  });

  test('that nobody can keep, caps are kept, and it is said what is missing', async () => {
    const tiny = manyPeople(100, 6, 3, 60, 60);
    const { shortfall, usage } = await certified(tiny, [0, 0, 0, 0]);
    expect(usage[3]).toBe(90);
    expect(shortfall.reduce((sum, own) => sum + own, 0)).toBe(90);
  });
});

test('a million candidates at prices of 0 are cut down to their caps, and what is left is worth most of what can be', async () => {
  // Half the people have to lose something: too many to put in order.
  const tiny = manyPeople(300_000, 4, 2, 60_000, 0);
  const { value, usage } = await certified(tiny, [0, 0, 0]);
  expect(usage[2]).toBe(60_000);
  const { bound } = await certified(tiny, [0, 0, 1.8]);
  expect(value).toBeGreaterThan(0.99 * bound);
});

test('of many people a part is looked at where few moves are needed: no cap is broken, and little is lost', async () => {
  const tiny = oneOption(
    Array.from({ length: 4_500_000 }, (_, at) => ((at * 7919) % 1_000_003) / 1_000_003),
    450_000
  );
  const over = await certified(tiny, [0.8995]);
  expect(over.usage[0]).toBe(450_000);
  expect(over.bound - over.value).toBeLessThan(1e-4 * over.bound);
  const slack = await certified(tiny, [0.9005]);
  expect(slack.usage[0]).toBeGreaterThan(449_000);
  expect(slack.bound - slack.value).toBeLessThan(1e-4 * slack.bound);
});

describe('at the edges', () => {
  test('without limits everybody gets what is best, and the bound says so', async () => {
    const { problem, candidates } = oneOption([3, -1, 2, 0], 1);
    const options = { ...problem.options, start: Uint32Array.of(0, 0), limit: new Uint32Array(0), weight: new Float64Array(0) }; // prettier-ignore
    const free = { ...problem, options, limits: { cap: new Float64Array(0), floor: new Float64Array(0) } };
    const { value, bound, send } = await certified({ problem: free, candidates }, []);
    expect([value, ...send]).toEqual([5, 0b101]);
    expect(bound).toBeCloseTo(5, 6);
  });

  test('nobody gets nothing', async () => {
    const { value, bound, send } = await certified(oneOption([], 1), [0]);
    expect([value, bound, send.length]).toEqual([0, 0, 0]);
  });

  test('a person with a hundred thousand options gets the best of them, within its cap and those of all', async () => {
    const count = 100_000;
    const { problem } = oneOption([], 30_000);
    const wide: TinyProblem = {
      problem: {
        ...problem,
        options: {
          start: Uint32Array.from({ length: count + 1 }, (_, option) => option),
          limit: new Uint32Array(count),
          weight: new Float64Array(count).fill(1),
          channel: new Uint16Array(count)
        },
        caps: { person: 20_000, channels: [{ cap: Infinity, isCounted: true }] }
      },
      candidates: {
        start: Uint32Array.of(0, count, 2 * count),
        option: Int32Array.from({ length: count }, (_, option) => option),
        value: Float32Array.from({ length: 2 * count }, (_, at) => ((at * 7919) % 200_003) / 200_003)
      }
    };
    const { value, usage, send } = await certified(wide, [0.8]);
    const sent = sentBits(send, 2 * count);
    const counts = [sent.slice(0, count), sent.slice(count)].map(own => own.filter(Boolean).length);
    expect(Math.max(...counts)).toBeLessThanOrEqual(20_000);
    expect(usage[0]).toBe(30_000);
    const best = [...wide.candidates.value].sort((one, other) => other - one).slice(0, 30_000);
    const most = best.reduce((sum, own) => sum + own, 0);
    expect(value).toBeGreaterThan((1 - 1e-4) * most);
  });

  test('a price where there is no cap bounds nothing', async () => {
    const { bound, value } = await certified(oneOption([1, 2], Infinity), [0.5]);
    expect([bound, value]).toEqual([Infinity, 3]);
  });
});

describe('on the way', () => {
  test('others get a turn, and what they throw ends it', async () => {
    const tiny = oneOption(new Array<number>(3_000_000).fill(1), 10);
    const tiles = tilesOf(tiny);
    let turns = 0;
    const pause = (): Promise<void> => {
      turns += 1;
      return turns === 3 ? Promise.reject(new Error('cancelled')) : Promise.resolve();
    };
    const options = { seed: 1, candidates: 3_000_000, pause };
    await expect(certify(tiny.problem, tiles, Float64Array.of(0), options)).rejects.toThrow('cancelled');
    expect(turns).toBe(3);
  });

  test.each<[string, number[], number, string]>([
    ['tiles of a sample', [0], 0.5, 'want those of everybody'],
    ['a price that is no number', [NaN], 1, 'want finite numbers']
  ])('%s are refused', async (_name, prices, share, message) => {
    const { problem, candidates }: { problem: Problem; candidates: TinyProblem['candidates'] } = oneOption([1, 2], 1);
    const plan = planTiles(problem, candidates);
    const tiles = memoryTiles([fillTile(plan, 0, problem, candidates)], share, 2);
    const call = certify(problem, tiles, Float64Array.from(prices), { seed: 1, candidates: 2 });
    await expect(call).rejects.toThrow(message);
  });
});
