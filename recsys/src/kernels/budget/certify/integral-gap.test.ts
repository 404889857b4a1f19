import { drawnProblem, KINDS } from '../testing/drawn-problem.js';
import { solveInMemory } from '../testing/solve-in-memory.js';
import { keepsPersonCaps, sentBits, usageBy } from '../testing/tiny-problem.js';

const PEOPLE_PER_LIMIT = 100;
const NAMES = ['easy', 'three values', 'nested caps', 'floors that nearly fill the cap'] as const;

// A plan is integral, the bound that of fractions of a send: with some people for each limit there is little between them.
test.each(NAMES)('%s: a plan of many people is within 0.1 %% of the bound, and keeps all limits', async name => {
  const kind = KINDS[name];
  const tiny = drawnProblem(kind, PEOPLE_PER_LIMIT * kind.cap(1).length, 7);
  const { certified, gap } = await solveInMemory(tiny, { gap: 1e-3 }, [0.1]);
  const sent = sentBits(certified.send, tiny.candidates.value.length);
  const { cap, floor } = tiny.problem.limits;
  expect(keepsPersonCaps(tiny, sent)).toBe(true);
  expect(usageBy(tiny, sent).filter((used, k) => used > cap[k]! || used < floor[k]!)).toEqual([]);
  expect(gap).toBeLessThanOrEqual(1e-3);
});
