import fc from 'fast-check';
import { firstBadId, IdIndex } from './id-index.js';

const MOST = 2n ** 63n - 1n;
/** Near each other and far apart, with both halves in play. */
const id = fc.oneof(
  fc.bigInt({ min: 0n, max: 20n }),
  fc.bigInt({ min: 0n, max: 20n }).map(n => n << 32n),
  fc.bigInt({ min: 2n ** 32n - 3n, max: 2n ** 32n + 3n }),
  fc.bigInt({ min: 0n, max: MOST }),
  fc.bigInt({ min: MOST - 3n, max: MOST })
);
const safe = fc.oneof(fc.maxSafeNat(), fc.nat(20), fc.integer({ min: 2 ** 31 - 3, max: 2 ** 31 + 3 }));

function duplicateTwin(ids: readonly unknown[]) {
  const second = ids.findIndex((value, row) => ids.indexOf(value) < row);
  return second < 0 ? undefined : { first: ids.indexOf(ids[second]), second };
}

describe('IdIndex', () => {
  test('finds each id in its first row and no other id, and the first duplicate', () => {
    fc.assert(
      fc.property(fc.array(id), fc.array(id), (ids, others) => {
        const index = new IdIndex(BigInt64Array.from(ids));
        const asked = [...ids, ...others];
        const want = asked.map(other => ids.indexOf(other));
        expect(asked.map(other => index.rowOf(other))).toEqual(want);
        expect([...index.rowsOf(BigInt64Array.from(asked))]).toEqual(want);
        const duplicate = duplicateTwin(ids);
        expect(index.duplicate()).toEqual(duplicate && { id: ids[duplicate.second], ...duplicate });
      }),
      { numRuns: 300 }
    );
  });

  test('does the same for ids that are float64, asked by either type', () => {
    fc.assert(
      fc.property(fc.array(safe), fc.array(safe), (ids, others) => {
        const index = new IdIndex(Float64Array.from(ids));
        const asked = [...ids, ...others];
        const want = asked.map(other => ids.indexOf(other));
        expect(asked.map(other => index.rowOf(other))).toEqual(want);
        expect([...index.rowsOf(Float64Array.from(asked))]).toEqual(want);
        expect([...index.rowsOf(BigInt64Array.from(asked, BigInt))]).toEqual(want);
        const duplicate = duplicateTwin(ids);
        expect(index.duplicate()).toEqual(duplicate && { id: BigInt(ids[duplicate.second] ?? -1), ...duplicate });
      })
    );
  });

  test.each<[string, bigint]>([
    ['from 0', 0n],
    ['from where another part ended', 5_000_000_000n]
  ])('takes no memory for ids that go up by one %s', (_name, first) => {
    const ids = BigInt64Array.from({ length: 100 }, (_, row) => first + BigInt(row));
    const index = new IdIndex(ids);
    expect(index.bytes).toBe(0);
    expect([...index.rowsOf(ids)]).toEqual([...ids.keys()]);
    expect([first - 1n, first + 100n, -1n, MOST].map(other => index.rowOf(other))).toEqual([-1, -1, -1, -1]);
    expect(index.duplicate()).toBeUndefined();
  });

  test('takes less than seven bytes an id for others', () => {
    const index = new IdIndex(BigInt64Array.from({ length: 10_000 }, (_, row) => BigInt(row) << 20n));
    expect(index.bytes / 10_000).toBeLessThan(7);
  });

  test('does not take ids at the end of int64 for ones that go up by one', () => {
    const index = new IdIndex(BigInt64Array.of(MOST - 1n, MOST));
    expect([MOST, MOST - 1n, MOST - 2n].map(other => index.rowOf(other))).toEqual([1, 0, -1]);
    expect(new IdIndex(BigInt64Array.of(MOST, MOST)).duplicate()).toEqual({ id: MOST, first: 0, second: 1 });
  });

  test('knows nothing of what is no id', () => {
    const index = new IdIndex(BigInt64Array.of(7n, 3n));
    for (const other of [3n + 2n ** 64n, -3n, 2n ** 200n]) expect(index.rowOf(other)).toBe(-1);
    for (const other of [3.5, NaN, Infinity, -3, 3 + 2 ** 60]) expect(index.rowOf(other)).toBe(-1);
    expect(index.rowOf(3)).toBe(1);
    expect([...new IdIndex(new BigInt64Array()).rowsOf(BigInt64Array.of(0n))]).toEqual([-1]);
  });

  test('reads ids that start inside a buffer from where they start', () => {
    expect(new IdIndex(BigInt64Array.of(1n, 9n, 5n).subarray(1)).rowOf(5n)).toBe(1);
  });

  test.each([
    [BigInt64Array.of(0n, -1n), 1],
    [Float64Array.of(0, 1, 0.5), 2],
    [Float64Array.of(-1), 0],
    [Float64Array.of(1, NaN), 1],
    [Float64Array.of(2 ** 53), 0]
  ])('refuses %p and says where', (ids, row) => {
    expect(firstBadId(ids)).toBe(row);
    expect(() => new IdIndex(ids)).toThrow(`ids[${row}] is ${ids[row]}: want an integer`);
  });

  test('a copy from another realm is told by its name', () => {
    const ids = structuredClone(Float64Array.of(4, 2));
    expect(ids).not.toBeInstanceOf(Float64Array);
    expect(new IdIndex(ids).rowOf(2)).toBe(1);
  });
});
