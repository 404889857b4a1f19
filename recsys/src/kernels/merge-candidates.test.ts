import fc from 'fast-check';
import { mergeTopK } from './merge-candidates.js';
import type { Candidates } from './merge-candidates.js';

type Pair = readonly [value: number, row: number];

const byRank = ([valueA, rowA]: Pair, [valueB, rowB]: Pair) => (valueA === valueB ? rowA - rowB : valueB - valueA);

const listOf = (pairs: readonly Pair[], padding = 0): Candidates => ({
  values: Float32Array.from([...pairs.map(([value]) => value), ...new Array<number>(padding).fill(-Infinity)]),
  rows: Int32Array.from([...pairs.map(([, row]) => row), ...new Array<number>(padding).fill(-1)])
});

/** The twin: all pairs in one pile, the greatest of each row, sorted. */
function twin(lists: readonly (readonly Pair[])[], k: number): Pair[] {
  const best = new Map<number, number>();
  for (const [value, row] of lists.flat()) best.set(row, Math.max(value, best.get(row) ?? -Infinity));
  const pairs = [...best].map(([row, value]): Pair => [value, row]).sort(byRank);
  return [...pairs, ...new Array<Pair>(k).fill([-Infinity, -1])].slice(0, k);
}

const pairsOf = ({ values, rows }: Candidates): Pair[] => [...rows].map((row, at): Pair => [values[at] ?? NaN, row]);

describe('mergeTopK', () => {
  test('merges as the twin does', () => {
    const value = fc.oneof(fc.integer({ min: -2, max: 2 }), fc.constant(-Infinity));
    const list = fc
      .uniqueArray(fc.tuple(value, fc.integer({ min: 0, max: 9 })), { selector: ([, row]) => row })
      .map(pairs => pairs.sort(byRank));
    fc.assert(
      fc.property(fc.array(list), fc.integer({ min: 1, max: 12 }), fc.nat(3), (lists, k, padding) => {
        expect(
          pairsOf(
            mergeTopK(
              lists.map(pairs => listOf(pairs, padding)),
              k
            )
          )
        ).toEqual(twin(lists, k));
      }),
      { numRuns: 500 }
    );
  });

  test('takes rows beyond int32, and keeps each once with its greatest value', () => {
    const far = { values: Float32Array.of(3, 1), rows: Float64Array.of(2 ** 40, 7) };
    const merged = mergeTopK([far, listOf([[2, 7]]), far], 3);
    expect(pairsOf(merged)).toEqual([
      [3, 2 ** 40],
      [2, 7],
      [-Infinity, -1]
    ]);
  });

  test('a row whose score is -Infinity is still a row', () => {
    expect([...mergeTopK([listOf([[-Infinity, 4]])], 1).rows]).toEqual([4]);
  });

  test('refuses k = 0 and lists that do not match', () => {
    expect(() => mergeTopK([], 0)).toThrow(/k is 0/);
    const odd = { values: new Float32Array(2), rows: new Int32Array(1) };
    expect(() => mergeTopK([listOf([]), odd], 1)).toThrow(/lists\[1\] has 2 values and 1 rows/);
  });
});
