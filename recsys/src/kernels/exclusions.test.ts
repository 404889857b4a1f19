import fc from 'fast-check';
import { dropExcluded, excludedRows, exclusionProblems, isExcluded } from './exclusions.js';
import { IdIndex } from './id-index.js';

const INDEX = new IdIndex(BigInt64Array.of(50n, 10n, 40n, 20n, 30n));

describe('exclusionProblems', () => {
  test.each([
    [[0], 0, 0],
    [[0, 3], 3, 1],
    [[0, 0, 2, 2], 2, 3]
  ])('finds none in %p for %p ids and %p queries', (offsets, ids, queries) => {
    expect(exclusionProblems(Float64Array.from(offsets), ids, queries)).toEqual([]);
    expect(exclusionProblems(BigInt64Array.from(offsets, BigInt), ids, queries)).toEqual([]);
  });

  test.each([
    [[], 0, 0, 'excludeOffsets', 'has 0 values: want one more than the 0 queries'],
    [[0, 1], 1, 2, 'excludeOffsets', 'has 2 values: want one more than the 2 queries'],
    [[1, 2], 2, 1, 'excludeOffsets[0]', 'is 1: want 0'],
    [[-1, 2], 2, 1, 'excludeOffsets[0]', 'is -1: want 0'],
    [[0, 2, 1, 3], 3, 3, 'excludeOffsets[2]', 'is 1: want an integer from 2 to 3'],
    [[0, 4, 3], 3, 2, 'excludeOffsets[1]', 'is 4: want an integer from 0 to 3'],
    [[0, 1], 3, 1, 'excludeOffsets[1]', 'is 1: want 3, the number of ids']
  ])('finds what is wrong with %p for %p ids and %p queries', (offsets, ids, queries, field, message) => {
    expect(exclusionProblems(BigInt64Array.from(offsets, BigInt), ids, queries)).toEqual([{ field, message }]);
  });

  test('finds offsets that are no integers', () => {
    expect(exclusionProblems(Float64Array.of(0, 0.5, 1), 1, 2)[0]?.message).toMatch(/is 0.5/);
    expect(exclusionProblems(Float64Array.of(0, NaN, 1), 1, 2)[0]?.message).toMatch(/is NaN/);
  });
});

describe('excludedRows', () => {
  test('gives each query its rows, ascending and once, without unknown ids', () => {
    const offsets = BigInt64Array.of(0n, 4n, 4n, 6n);
    const ids = BigInt64Array.of(30n, 99n, 10n, 30n, 50n, -7n);
    expect(excludedRows(offsets, ids, INDEX).map(rows => [...rows])).toEqual([[1, 4], [], [0]]);
  });

  test('refuses offsets that do not divide the ids', () => {
    expect(() => excludedRows(Float64Array.of(0, 1), BigInt64Array.of(1n, 2n), INDEX)).toThrow(
      /excludeOffsets\[1\] is 1/
    );
    expect(() => excludedRows(new Float64Array(), new Float64Array(), INDEX)).toThrow(/excludeOffsets has 0 values/);
  });
});

describe('dropExcluded', () => {
  test('leaves what a filter leaves, in order and padded to its length', () => {
    const rows = fc.uniqueArray(fc.nat(20));
    fc.assert(
      fc.property(rows, rows, fc.nat(2), (candidates, unwanted, padding) => {
        const excluded = Int32Array.from(unwanted).sort();
        const length = candidates.length + padding;
        const given = {
          values: Float32Array.from({ length }, (_, at) => (at < candidates.length ? -at : -Infinity)),
          rows: Int32Array.from({ length }, (_, at) => candidates[at] ?? -1)
        };
        const left = candidates.filter(row => !unwanted.includes(row));
        const dropped = dropExcluded(given, excluded);
        expect([...dropped.rows]).toEqual(Array.from({ length }, (_, at) => left[at] ?? -1));
        const valueOf = (row: number | undefined) => (row === undefined ? -Infinity : -candidates.indexOf(row));
        expect([...dropped.values]).toEqual([...Float32Array.from({ length }, (_, at) => valueOf(left[at]))]);
        expect([...given.rows.subarray(0, candidates.length)]).toEqual(candidates);
      })
    );
  });

  test('isExcluded finds members only', () => {
    const excluded = Int32Array.of(2, 5, 9);
    expect(Array.from({ length: 11 }, (_, row) => row).filter(row => isExcluded(excluded, row))).toEqual([2, 5, 9]);
    expect(isExcluded(new Int32Array(), 0)).toBe(false);
  });
});
