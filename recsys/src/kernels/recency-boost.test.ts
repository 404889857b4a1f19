import fc from 'fast-check';
import { recencyBoost, recencyProblems } from './recency-boost.js';

describe('recencyBoost', () => {
  test('halves with each half-life, is whole for the future and nothing where the time is missing', () => {
    const times = Float64Array.of(100, 90, 80, 70, 101, NaN);
    expect([...recencyBoost(times, { halfLife: 10, weight: 2, now: 100 })]).toEqual([2, 1, 0.5, 0.25, 2, 0]);
    expect([...recencyBoost(times, { halfLife: 10, weight: -2, now: 100 })]).toEqual([-2, -1, -0.5, -0.25, -2, 0]);
  });

  test('fades to nothing, whatever the extremes', () => {
    const boosts = recencyBoost(Float64Array.of(-1.7e308, 0, 1.7e308), { halfLife: 5e-324, weight: 1, now: 1.7e308 });
    expect([...boosts]).toEqual([0, 0, 1]);
  });

  test('is the formula, rounded once', () => {
    const time = fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constant(NaN));
    const halfLife = fc.double({ min: 1, max: 1e6, noNaN: true });
    const weight = fc.double({ min: -100, max: 100, noNaN: true });
    fc.assert(
      fc.property(fc.array(time), halfLife, weight, (times, halfLife, weight) => {
        const now = 1234.5;
        const boosts = recencyBoost(Float64Array.from(times), { halfLife, weight, now });
        times.forEach((time, row) => {
          const want = Number.isNaN(time) ? 0 : weight * 2 ** (-Math.max(0, now - time) / halfLife);
          expect(Math.abs((boosts[row] ?? NaN) - want)).toBeLessThanOrEqual(Math.abs(want) * 2 ** -23.99 + 2 ** -149);
        });
      })
    );
  });

  test.each([
    [{ halfLife: 0 }, /recency.halfLife is 0: want a positive finite number/],
    [{ halfLife: NaN }, /halfLife is NaN/],
    [{ halfLife: Infinity }, /halfLife is Infinity/],
    [{ weight: NaN }, /recency.weight is NaN: want a number that float32 can hold/],
    [{ weight: 3.5e38 }, /weight is 3.5e\+38/],
    [{ now: -Infinity }, /recency.now is -Infinity: want a finite number/]
  ])('refuses %p', (change, message) => {
    const boost = { halfLife: 1, weight: 1, now: 0, ...change };
    expect(() => recencyBoost(new Float64Array(1), boost)).toThrow(message);
    expect(recencyProblems({ column: 'made', ...boost }, { made: 'number' }).length).toBe(1);
  });

  test('the greatest weight stays finite', () => {
    const [boost] = recencyBoost(Float64Array.of(0), { halfLife: 1, weight: 3.4028234663852886e38, now: 0 });
    expect(boost).toBe(3.4028234663852886e38);
  });
});

describe('recencyProblems', () => {
  const COLUMNS = { made: 'number', topic: 'category' } as const;
  const right = { column: 'made', halfLife: 86_400, weight: 0.5, now: 1.7e9 };

  test('finds none where there is none', () => expect(recencyProblems(right, COLUMNS)).toEqual([]));

  test.each<[string, unknown, string[]]>([
    ['no object', 3, ['recency']],
    ['a list', [right], ['recency']],
    ['a key too few', { column: 'made', halfLife: 1, weight: 1 }, ['recency.now']],
    ['a key too many', { ...right, unit: 's' }, ['recency']],
    ['an unknown column', { ...right, column: 'toString' }, ['recency.column']],
    ['a column of another kind', { ...right, column: 'topic' }, ['recency.column']],
    [
      'everything',
      { column: 1, halfLife: '1', weight: null, now: [] },
      ['column', 'halfLife', 'weight', 'now'].map(key => `recency.${key}`)
    ]
  ])('finds %s', (_name, json, fields) => {
    expect(recencyProblems(json, COLUMNS).map(({ field }) => field)).toEqual(fields);
  });
});
