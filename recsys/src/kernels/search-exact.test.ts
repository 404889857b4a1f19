import fc from 'fast-check';
import { searchExact } from './search-exact.js';

const vector = (dimensions: number) =>
  fc.array(fc.integer({ min: -50, max: 50 }), { minLength: dimensions, maxLength: dimensions });

describe('searchExact', () => {
  test('ranks by inner product, larger first', () => {
    const hits = searchExact(Float32Array.of(1, 0, 0, 1, 2, 2), Float32Array.of(1, 0.5), 2, 2);
    expect([...hits.indices]).toEqual([2, 0]);
    expect([...hits.scores]).toEqual([3, 1]);
  });

  test('gives equal scores in the order of the items, so that two runs agree', () => {
    const hits = searchExact(Float32Array.of(1, 1, 1, 1), Float32Array.of(2), 1, 3);
    expect([...hits.indices]).toEqual([0, 1, 2]);
  });

  test('fills up with -1 where there are fewer items than k', () => {
    const hits = searchExact(Float32Array.of(3), Float32Array.of(1, -1), 1, 2);
    expect([...hits.indices]).toEqual([0, -1, 0, -1]);
    expect([...hits.scores]).toEqual([3, -Infinity, -3, -Infinity]);
  });

  test.each([
    [
      'a length that is no multiple of d',
      () => searchExact(new Float32Array(3), new Float32Array(2), 2, 1),
      /multiple/
    ],
    ['k = 0', () => searchExact(new Float32Array(2), new Float32Array(2), 2, 0), /k is 0/],
    ['NaN among the items', () => searchExact(Float32Array.of(NaN), new Float32Array(1), 1, 1), /items\[0\]/]
  ])('refuses %s and says what would be right', (_name, call, message) => {
    expect(call).toThrow(message);
  });

  test('no item that was left out beats one that was kept', () => {
    const cases = fc.integer({ min: 1, max: 4 }).chain(d =>
      fc.record({
        d: fc.constant(d),
        items: fc.array(vector(d), { minLength: 1, maxLength: 20 }),
        query: vector(d),
        k: fc.integer({ min: 1, max: 25 })
      })
    );
    fc.assert(
      fc.property(cases, ({ d, items, query, k }) => {
        const hits = searchExact(Float32Array.from(items.flat()), Float32Array.from(query), d, k);
        const kept = new Set([...hits.indices].filter(index => index >= 0));
        expect(kept.size).toBe(Math.min(k, items.length));
        const worstKept = hits.scores[kept.size - 1] ?? -Infinity;
        items.forEach((item, index) => {
          const score = item.reduce((sum, value, axis) => sum + value * (query[axis] ?? 0), 0);
          if (!kept.has(index)) expect(score).toBeLessThanOrEqual(worstKept);
        });
      })
    );
  });
});
