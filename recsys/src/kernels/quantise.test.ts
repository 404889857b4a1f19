import fc from 'fast-check';
import { blockLayout, quantiseQuery, quantiseRows } from './quantise.js';
import { nastyCase, norm, randomFrom } from './testing/nasty-vectors.js';

function quantise(items: Float32Array, d: number) {
  const { block, blocks } = blockLayout(d);
  const rows = items.length / d;
  const [numbers, scales] = [new Uint8Array(rows * block * blocks).fill(7), new Float32Array(rows * blocks).fill(7)];
  const loss = quantiseRows(items, d, numbers, scales);
  const rowOf = (row: number) => numbers.subarray(row * block * blocks, (row + 1) * block * blocks);
  /** What the copy of a row stands for. */
  const copyOf = (row: number) =>
    Float64Array.from(rowOf(row).subarray(0, d), (number, axis) => {
      return (number - 128) * (scales[row * blocks + Math.floor(axis / block)] ?? NaN);
    });
  return { numbers, scales, loss, rowOf, copyOf };
}

describe('blockLayout', () => {
  test.each([
    [1, 32, 1],
    [32, 32, 1],
    [33, 64, 1],
    [64, 64, 1],
    [65, 128, 1],
    [128, 128, 1],
    [129, 128, 2],
    [1000, 128, 8]
  ])('%p dimensions are cut into blocks of %p, %p of them', (dimensions, block, blocks) => {
    expect(blockLayout(dimensions)).toEqual({ block, blocks });
  });

  test('refuses what is no number of dimensions', () => {
    expect(() => blockLayout(0)).toThrow(/dimensions is 0/);
    expect(() => blockLayout(1.5)).toThrow(/dimensions is 1.5/);
  });
});

describe('quantiseRows', () => {
  test('tells the largest distance between a row and its copy, and the largest copy', () => {
    fc.assert(
      fc.property(nastyCase(), ({ d, items }) => {
        const { loss, copyOf } = quantise(items, d);
        const rows = [...Array(items.length / d).keys()];
        const errors = rows.map(row => norm(copyOf(row).map((copy, axis) => copy - (items[row * d + axis] ?? NaN))));
        const norms = rows.map(row => norm(copyOf(row)));
        expect(loss.maxError).toBeCloseTo(Math.max(...errors), 12);
        expect(loss.maxError).toBeGreaterThanOrEqual(Math.max(...errors) * (1 - 1e-12));
        expect(loss.maxNorm).toBeGreaterThanOrEqual(Math.max(...norms) * (1 - 1e-12));
        expect(loss.maxNorm).toBeLessThanOrEqual(Math.max(...norms) * (1 + 1e-12));
      })
    );
  });

  test('is off by at most half a step, uses ±127 and never -128', () => {
    fc.assert(
      fc.property(nastyCase(1), ({ d, items }) => {
        const { numbers, scales, copyOf, rowOf } = quantise(items, d);
        const { block } = blockLayout(d);
        const off = copyOf(0).map((copy, axis) => {
          const [scale, value] = [scales[Math.floor(axis / block)] ?? NaN, items[axis] ?? NaN];
          return scale === 0 ? Math.abs(value) / 2 ** -92 : Math.abs(copy - value) / scale;
        });
        expect(Math.max(...off)).toBeLessThan(0.5001);
        scales.forEach((scale, each) => {
          const used = [...rowOf(0).subarray(each * block, (each + 1) * block)].map(number => Math.abs(number - 128));
          expect(Math.max(...used)).toBe(scale === 0 ? 0 : 127);
        });
        expect(numbers.includes(0)).toBe(false);
      })
    );
  });

  test('fills a last block up with the number that means zero', () => {
    const { numbers, scales } = quantise(new Float32Array(2 * 130).fill(1), 130);
    expect(scales).toHaveLength(4);
    expect([...numbers.subarray(0, 130)].every(number => number === 255)).toBe(true);
    expect([...numbers.subarray(130, 256)].every(number => number === 128)).toBe(true);
  });

  test('a row of zeros, or of numbers too small to count on, has the scale 0 and is lost altogether', () => {
    const { scales, numbers, loss } = quantise(Float32Array.of(0, 0, 2 ** -140, -(2 ** -140)), 2);
    expect([...scales]).toEqual([0, 0]);
    expect(numbers.every(number => number === 128)).toBe(true);
    expect(loss).toEqual({ maxError: Math.SQRT2 * 2 ** -140, maxNorm: 0 });
  });

  test('numbers that are multiples of a 127th of the largest are kept as they are', () => {
    const { loss, copyOf } = quantise(Float32Array.of(127, -3, 0, 64), 4);
    expect([...copyOf(0)]).toEqual([127, -3, 0, 64]);
    expect(loss.maxError).toBe(0);
  });

  test.each([
    ['numbers', 63, 2, /numbers has 63 values: want 64/],
    ['scales', 64, 3, /scales has 3 values: want 2/]
  ])('refuses %s of a wrong length', (_name, numbers, scales, message) => {
    expect(() => quantiseRows(new Float32Array(8), 4, new Uint8Array(numbers), new Float32Array(scales))).toThrow(
      message
    );
  });
});

describe('quantiseQuery', () => {
  test('tells the norm of what it made, and how far that is from the query', () => {
    fc.assert(
      fc.property(nastyCase(1), ({ query }) => {
        const rounded = quantiseQuery(query);
        const error = norm(differences(query, rounded.values));
        expect(rounded.norm).toBeCloseTo(norm(rounded.values), 12);
        expect(Math.abs(rounded.error - error)).toBeLessThanOrEqual(1e-12 * error);
      })
    );
  });

  test('leaves nothing for the kernel to round: its own numbers mean the same query', () => {
    const random = randomFrom(5);
    let [furthest, off] = [0, 0];
    for (let turn = 0; turn < 500; turn += 1) {
      const d = 1 + Math.floor(random() * 300);
      const size = 2 ** Math.floor(random() * 120 - 60);
      const { values } = quantiseQuery(Float32Array.from({ length: d }, () => (2 * random() - 1) * size));
      const { block, blocks } = blockLayout(d);
      for (let each = 0; each < blocks; each += 1) {
        const some = values.subarray(each * block, (each + 1) * block);
        const scale = Math.fround(Math.max(...some.map(Math.abs)) / 127);
        const inverse = Math.fround(1 / scale);
        for (const value of some) {
          const number = Math.fround(value * inverse);
          furthest = Math.max(furthest, Math.abs(number - Math.round(number)));
          off = Math.max(off, value === 0 ? 0 : Math.abs(Math.round(number) * scale - value) / Math.abs(value));
        }
      }
    }
    expect(furthest).toBeLessThan(0.001);
    expect(off).toBeLessThan(4 * 2 ** -24);
  });

  test('zeros stay zeros', () => {
    expect(quantiseQuery(new Float32Array(200))).toEqual({ values: new Float32Array(200), norm: 0, error: 0 });
  });
});

function differences(a: Float32Array, b: Float32Array): Float64Array {
  return Float64Array.from(a, (value, axis) => value - (b[axis] ?? NaN));
}
