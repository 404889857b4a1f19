import fc from 'fast-check';
import { MAX_CANDIDATES, planScan, QUANTISED_QUERIES, type ScanFacts } from './plan-scan.js';

const USUAL: ScanFacts = {
  rows: 1e6,
  eligible: 1e6,
  queries: 1,
  wanted: 10,
  hasQuantised: true,
  hasDevice: false,
  stretch: 2.5
};

const scans = (facts: Partial<ScanFacts>) => planScan({ ...USUAL, ...facts }).map(({ scan }) => scan);

describe('planScan', () => {
  const facts = fc
    .record({
      rows: fc.oneof(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 2 ** 31 - 1 })),
      share: fc.oneof(fc.constantFrom(0, 1, 0.1, 0.4), fc.double({ min: 0, max: 1, noNaN: true })),
      queries: fc.integer({ min: 1, max: 64 }),
      wanted: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 20_000 })),
      hasQuantised: fc.boolean(),
      hasDevice: fc.boolean(),
      stretch: fc.double({ min: 1, max: 40, noNaN: true })
    })
    .map(({ share, ...others }) => ({ ...others, eligible: Math.floor(others.rows * share) }));

  test('ends with all rows, which cannot fail, and with nothing behind it', () => {
    fc.assert(
      fc.property(facts, each => {
        const stages = planScan(each);
        expect(stages.at(-1)).toEqual({ scan: 'all', candidates: each.eligible });
        expect(stages.slice(0, -1).every(({ scan }) => scan !== 'all')).toBe(true);
      })
    );
  });

  test('never asks a scan for more candidates than it may or there are, nor for fewer than are wanted', () => {
    fc.assert(
      fc.property(facts, each => {
        for (const { scan, candidates } of planScan(each)) {
          if (scan === 'all') continue;
          expect(Number.isInteger(candidates)).toBe(true);
          expect(candidates).toBeGreaterThan(each.wanted);
          expect(candidates).toBeLessThanOrEqual(Math.min(MAX_CANDIDATES, each.eligible));
        }
      }),
      { numRuns: 1000 }
    );
  });

  test('each stage looks wider than the one before, or more precisely', () => {
    fc.assert(
      fc.property(facts, each => {
        const stages = planScan(each).filter(({ scan }) => scan !== 'all');
        stages.slice(1).forEach((stage, index) => {
          const before = stages[index];
          if (before?.scan === stage.scan) expect(stage.candidates).toBeGreaterThan(before.candidates);
          else expect(['quantised', 'device']).toContain(before?.scan);
        });
      })
    );
  });

  test.each<[string, Partial<ScanFacts>, ReturnType<typeof scans>]>([
    ['one query goes to the 8-bit copy first', {}, ['quantised', 'float', 'float', 'float', 'all']],
    ['without the copy it cannot', { hasQuantised: false }, ['float', 'float', 'float', 'all']],
    ['many queries are scanned in float32', { queries: QUANTISED_QUERIES + 1 }, ['float', 'float', 'float', 'all']],
    ['few eligible rows are gathered', { eligible: 50_000 }, ['chosen', 'chosen', 'chosen', 'all']],
    [
      'as many as a scan in place costs are not',
      { eligible: 200_000 },
      ['quantised', 'float', 'float', 'float', 'all']
    ],
    ['without the copy gathering pays for longer', { eligible: 200_000, hasQuantised: false }, ['chosen', 'chosen', 'chosen', 'all']], // prettier-ignore
    [
      'a GPU scans first, then only what is wider',
      { hasDevice: true, wanted: 100 },
      ['device', 'float', 'float', 'all']
    ],
    ['also where few rows are eligible', { hasDevice: true, eligible: 5000 }, ['device', 'chosen', 'all']],
    [
      'but not for more than it can find',
      { hasDevice: true, wanted: 300 },
      ['quantised', 'float', 'float', 'float', 'all']
    ],
    ['very few rows are scored at once', { eligible: 900 }, ['all']],
    ['nothing eligible is one stage', { eligible: 0 }, ['all']],
    ['all rows wanted is one stage', { eligible: 5000, wanted: 5000 }, ['all']],
    ['what would take too many candidates is left out', { wanted: 9000 }, ['float', 'all']]
  ])('%s', (_name, facts, want) => {
    expect(scans(facts)).toEqual(want);
  });

  test('the 8-bit scan looks wider after it has failed', () => {
    expect(planScan(USUAL)[0]).toEqual({ scan: 'quantised', candidates: 41 });
    expect(planScan({ ...USUAL, stretch: 20 })[0]).toEqual({ scan: 'quantised', candidates: 216 });
  });
});
