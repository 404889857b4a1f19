import fc from 'fast-check';
import { type Metric, normaliseRows, rescore, squaredNorm } from './rescore.js';
import { nastyCase, norm } from './testing/nasty-vectors.js';

/** The definition (ADR 0009) for one row, in the plainest words. */
function scoreOf(metric: Metric, row: Float32Array, query: Float32Array, added: number): number {
  let sum = 0;
  for (let axis = 0; axis < query.length; axis += 1) {
    const [x, q] = [row[axis] ?? NaN, query[axis] ?? NaN];
    sum += metric === 'l2' ? (x - q) * (x - q) : x * q;
  }
  return Math.fround((metric === 'l2' ? -sum : sum) + added);
}

const bits = (values: Float32Array): number[] => [...new Uint32Array(values.buffer, values.byteOffset, values.length)];

describe('rescore', () => {
  const sizes = fc.integer({ min: 0, max: 13 });
  test.each(['ip', 'cosine', 'l2'] as const)('scores %s as the plain loop does, bit for bit', metric => {
    fc.assert(
      fc.property(
        sizes.chain(rows => nastyCase(rows)),
        fc.boolean(),
        ({ d, items, query, added }, isAdded) => {
          const rows = items.length / d;
          const want = Float32Array.from({ length: rows }, (_, row) =>
            scoreOf(metric, items.subarray(row * d, (row + 1) * d), query, isAdded ? (added[row] ?? NaN) : 0)
          );
          const scores = rescore(metric, items, Float64Array.from(query), isAdded ? added : undefined);
          expect(bits(scores)).toEqual(bits(want));
        }
      )
    );
  });

  test('scores a row among others as it scores it alone', () => {
    fc.assert(
      fc.property(nastyCase(9), fc.nat(8), ({ d, items, query }, row) => {
        const alone = rescore('ip', items.subarray(row * d, (row + 1) * d), Float64Array.from(query));
        expect(rescore('ip', items, Float64Array.from(query))[row]).toBe(alone[0]);
      })
    );
  });

  test('gives nothing for nothing, and an infinity where float32 ends', () => {
    expect(rescore('ip', new Float32Array(0), Float64Array.of(1, 2))).toEqual(new Float32Array(0));
    expect([...rescore('l2', Float32Array.of(1e30), Float64Array.of(-1e30))]).toEqual([-Infinity]);
  });

  test('adds in float64, and rounds once', () => {
    // 1 + 2^-24 would be 1 in float32 already, and 2^-24 more would be lost again.
    expect(rescore('ip', Float32Array.of(1, 2 ** -24), Float64Array.of(1, 1), Float32Array.of(2 ** -24))[0]).toBe(
      1 + 2 ** -23
    );
  });
});

describe('normaliseRows', () => {
  test('scales rows to length 1 and leaves their direction', () => {
    fc.assert(
      fc.property(nastyCase(3), ({ d, items }) => {
        const before = items.slice();
        normaliseRows(items, d);
        for (let start = 0; start < items.length; start += d) {
          const [row, was] = [items.subarray(start, start + d), before.subarray(start, start + d)];
          if (norm(was) === 0) expect(row).toEqual(was);
          else {
            expect(Math.abs(norm(row) - 1)).toBeLessThan(1e-6);
            const length = norm(was);
            expect(row).toEqual(was.map(value => value / length));
          }
        }
      })
    );
  });

  test('a row of zeros stays one: its cosine with anything is 0', () => {
    const rows = Float32Array.of(0, 0, 3, 4);
    normaliseRows(rows, 2);
    expect([...rows]).toEqual([0, 0, Math.fround(0.6), Math.fround(0.8)]);
  });
});

describe('squaredNorm', () => {
  test('is that of one row, in float64', () => {
    expect(squaredNorm(Float32Array.of(9, 3, 4, 9), 1, 2)).toBe(25);
    expect(squaredNorm(Float32Array.of(1e30, 1e30), 0, 2)).toBeCloseTo(2 * Math.fround(1e30) ** 2, -50);
  });

  test.each([NaN, Infinity, -Infinity])('is not finite where a value is %p', value => {
    expect(squaredNorm(Float32Array.of(1, value), 0, 2)).not.toBeLessThan(Infinity);
  });
});
