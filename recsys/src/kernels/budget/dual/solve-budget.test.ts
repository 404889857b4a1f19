import fc from 'fast-check';
import type { Outcome, Progress } from './solve-budget.js';
import { drawnProblem, KINDS } from '../testing/drawn-problem.js';
import { oneOption } from '../testing/one-option.js';
import { solveInMemory } from '../testing/solve-in-memory.js';
import { bestOfAll, keepsPersonCaps, sentBits, tinyProblem, usageBy } from '../testing/tiny-problem.js';
import type { TinyProblem } from '../testing/tiny-problem.js';

const SMALL = { people: 3, options: 4, limits: 3 };
const kinds = Object.entries(KINDS);

function expectWithinCaps(tiny: TinyProblem, { certified }: Outcome): void {
  const sent = sentBits(certified.send, tiny.candidates.value.length);
  expect(keepsPersonCaps(tiny, sent)).toBe(true);
  const { cap } = tiny.problem.limits;
  expect(usageBy(tiny, sent).filter((used, k) => used > (cap[k] as number))).toEqual([]);
}

describe('against every plan there is', () => {
  test('the best one is between the value and the bound', async () => {
    await fc.assert(
      fc.asyncProperty(tinyProblem(SMALL, true), async tiny => {
        const outcome = await solveInMemory(tiny);
        expectWithinCaps(tiny, outcome);
        const best = bestOfAll(tiny);
        const { bound, value } = outcome.certified;
        if (best === undefined) {
          expect([outcome.status, outcome.gap]).toEqual(['partial', Infinity]);
          return;
        }
        expect(bound).toBeGreaterThanOrEqual(best);
        if (outcome.gap < Infinity) expect(value).toBeLessThanOrEqual(best + 1e-9);
      }),
      { numRuns: 150 }
    );
  });
});

describe.each(kinds)('%s', (_name, kind) => {
  const tiny = drawnProblem(kind, 120, 11);
  let outcome: Outcome;
  beforeAll(async () => {
    outcome = await solveInMemory(tiny);
  });

  test('the bound is at the optimum of the linear program, or no plan would be so close to it', () => {
    expectWithinCaps(tiny, outcome);
    expect(outcome.status).toBe('certified');
    expect(outcome.certified.bound).toBeGreaterThanOrEqual(outcome.certified.value);
    expect(outcome.passes).toBeLessThan(400);
  });

  test('a limit that does not bind has no price', async () => {
    const { cap, floor } = tiny.problem.limits;
    const loose = { ...tiny.problem, limits: { cap: cap.map(() => 1e6), floor: floor.map(() => 0) } };
    const { prices, status } = await solveInMemory({ ...tiny, problem: loose });
    expect([status, ...prices]).toEqual(['certified', ...cap.map(() => 0)]);
  });

  test('its own prices are certified again without a pass', async () => {
    const again = await solveInMemory(tiny, { warm: outcome.prices });
    expect([again.status, again.passes, again.certifications]).toEqual(['certified', 0, 1]);
  });

  test('values that drifted by 5 % take fewer passes from the prices before than from none', async () => {
    const { candidates, problem } = tiny;
    const value = candidates.value.map((each, at) => each * (1 + 0.05 * Math.sin(at * 12.9898)));
    const drifted = await solveInMemory(
      { problem, candidates: { ...candidates, value } },
      { warm: outcome.prices, gap: 1e-2 }
    );
    expect(drifted.status).toBe('certified');
    expect(drifted.passes).toBeLessThan(outcome.passes / 2);
  });
});

test.each(['nested caps', 'all values equal'] as const)(
  'the same input gives the same prices and plan, to the bit: %s',
  async name => {
    const tiny = drawnProblem(KINDS[name], 120, 11);
    const [one, other] = [await solveInMemory(tiny, {}, [0.6]), await solveInMemory(tiny, {}, [0.6])];
    expect(other).toEqual(one);
  }
);

describe('an end before the end', () => {
  const tiny = drawnProblem(KINDS['nested caps'], 30, 5);

  test.each(['stopped', 'deadline'] as const)('%s after any number of passes: partial, within every cap', async why => {
    const whole = await solveInMemory(tiny, { gap: 0 }, [0.5]);
    expect(whole.passes).toBeGreaterThan(10);
    for (let after = 0; after < whole.passes; after += 1) {
      let passes = 0;
      const outcome = await solveInMemory(
        tiny,
        {
          gap: 0,
          shouldStop: () => (passes >= after ? why : undefined),
          onProgress: progress => (passes = progress.passes)
        },
        [0.5]
      );
      expect([outcome.status, outcome.reason, outcome.passes]).toEqual(['partial', why, after]);
      expectWithinCaps(tiny, outcome);
      expect(outcome.certified.bound).toBeGreaterThanOrEqual(whole.certified.value);
    }
  });

  test('no more passes than allowed; the first and the last prices are certified', async () => {
    const outcome = await solveInMemory(tiny, { gap: 0, maxPasses: 7 });
    expect([outcome.status, outcome.reason, outcome.passes, outcome.certifications]).toEqual([
      'partial',
      'passes',
      7,
      2
    ]);
    expectWithinCaps(tiny, outcome);
  });

  test('a gap that integral plans cannot reach ends by itself', async () => {
    const outcome = await solveInMemory(drawnProblem(KINDS.easy, 9, 5), { gap: 1e-9 });
    expect([outcome.status, outcome.reason]).toEqual(['partial', 'converged']);
  });

  test('what a pass throws is thrown', async () => {
    const failing = { onProgress: () => { throw new Error('no more'); } }; // prettier-ignore
    await expect(solveInMemory(tiny, failing)).rejects.toThrow('no more');
  });
});

describe('samples', () => {
  const tiny = drawnProblem(KINDS.easy, 800, 2);

  test('their prices are certified before any pass over everybody, and that is enough', async () => {
    const outcome = await solveInMemory(tiny, { gap: 2e-2 }, [0.1, 0.4]);
    expect([outcome.status, outcome.fullPasses, outcome.certifications]).toEqual(['certified', 0, 1]);
    expect(outcome.passes).toBeGreaterThan(0);
  });

  test('where they are not, few passes over everybody are left', async () => {
    const alone = await solveInMemory(tiny, { gap: 1e-3 });
    const sampled = await solveInMemory(tiny, { gap: 1e-3 }, [0.1, 0.4]);
    expect([alone.status, sampled.status]).toEqual(['certified', 'certified']);
    expect(sampled.fullPasses).toBeLessThan(alone.fullPasses / 3);
  });

  test('one of fewer people than the limits could need is left out', async () => {
    const levels = new Set<number>();
    await solveInMemory(tiny, { onProgress: ({ level }) => levels.add(level) }, [0.02, 0.4]);
    expect([...levels].sort()).not.toContain(0);
  });
});

describe('the edges of a problem', () => {
  const nobody = { start: new Uint32Array([0]), option: new Int32Array(0), value: new Float32Array(0) };
  const easy = drawnProblem(KINDS.easy, 50, 1);

  test('nobody: certified, worth nothing', async () => {
    const outcome = await solveInMemory({ ...easy, candidates: nobody });
    expect([outcome.status, outcome.certified.value, outcome.gap]).toEqual(['certified', 0, 0]);
  });

  test('no limits: everybody gets the best', async () => {
    const options = {
      start: new Uint32Array(11),
      limit: new Uint32Array(0),
      weight: new Float64Array(0),
      channel: new Uint16Array(10)
    };
    const limits = { cap: new Float64Array(0), floor: new Float64Array(0) };
    const outcome = await solveInMemory({ ...easy, problem: { ...easy.problem, limits, options } });
    const best = Array.from({ length: 50 }, (_, p) => Math.max(...easy.candidates.value.slice(p * 10, p * 10 + 10)));
    expect(outcome.status).toBe('certified');
    expect(outcome.certified.value).toBeCloseTo(
      best.reduce((sum, each) => sum + each, 0),
      6
    );
  });

  test('a total of 0: certified, nothing is sent', async () => {
    const cap = easy.problem.limits.cap.with(0, 0);
    const outcome = await solveInMemory({
      ...easy,
      problem: { ...easy.problem, limits: { ...easy.problem.limits, cap } }
    });
    expect([outcome.status, outcome.certified.value, outcome.certified.bound]).toEqual(['certified', 0, 0]);
  });

  test.each([
    ['nothing is worth anything', (): number => 0],
    ['everything costs more than it is worth', (value: number): number => -value],
    ['all are excluded', (): number => -Infinity]
  ])('%s: certified without a pass, nothing is sent', async (_name, worth) => {
    const value = easy.candidates.value.map(worth);
    const outcome = await solveInMemory({ ...easy, candidates: { ...easy.candidates, value } }, {}, [0.5]);
    expect([outcome.status, outcome.certified.value, outcome.gap]).toEqual(['certified', 0, 0]);
  });

  test('weights against one limit differ by thousands: the bound is that of the linear program, not of a mean weight', async () => {
    const { problem, candidates } = oneOption([1000], 1);
    const options = {
      start: Uint32Array.of(0, 2, 4),
      limit: Uint32Array.of(0, 1, 0, 1),
      weight: Float64Array.of(0.18, 0.0005, 5e-6, 1e5),
      channel: Uint16Array.of(0, 0)
    };
    const limits = { cap: Float64Array.of(1.5e-6, 7e4), floor: new Float64Array(2) };
    const tiny = { problem: { ...problem, options, limits }, candidates: { ...candidates, option: Int32Array.of(1) } };
    const { certified } = await solveInMemory(tiny);
    expect(certified.bound).toBeGreaterThanOrEqual(300);
    expect(certified.bound).toBeLessThan(300.3);
  });

  test('floors that cannot all be kept: said as soon as the bound proves it, not after all passes', async () => {
    const floors = drawnProblem(KINDS['floors that nearly fill the cap'], 120, 3);
    const limits = { ...floors.problem.limits, cap: floors.problem.limits.cap.with(0, 20) };
    for (const shares of [[], [0.5]]) {
      const outcome = await solveInMemory({ ...floors, problem: { ...floors.problem, limits } }, {}, shares);
      expect([outcome.status, outcome.reason, outcome.gap]).toEqual(['partial', 'infeasible', Infinity]);
      expect(outcome.passes).toBeLessThan(60);
    }
  });

  test('prices that make no sense today are not begun with', async () => {
    const warm = new Float64Array(14).fill(-3).with(0, NaN).with(1, 1e300);
    const outcome = await solveInMemory(drawnProblem(KINDS.easy, 120, 11), { warm });
    expect(outcome.status).toBe('certified');
  });

  test('every pass and certification is told, with the best so far', async () => {
    const told: Progress[] = [];
    const outcome = await solveInMemory(easy, { gap: 1e-9, onProgress: progress => told.push(progress) });
    expect(told).toEqual(outcome.history);
    expect(told).toHaveLength(outcome.passes + outcome.certifications);
    const gaps = told.map(({ gap }) => gap ?? Infinity);
    expect(gaps).toEqual([...gaps].sort((a, b) => b - a));
  });
});
