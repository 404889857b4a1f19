/** Bounds are only worth something if nothing breaks them: scans are simulated in float32, added up in many ways, on nasty vectors. */
import fc from 'fast-check';
import { blockLayout, quantiseQuery, quantiseRows } from './quantise.js';
import { floatScanError, isCertified, quantisedScanError } from './scan-error.js';
import { nastyCase, norm } from './testing/nasty-vectors.js';

const f32 = Math.fround;
const SMALLEST_NORMAL = 2 ** -126;

/** What a machine may do to each result: round it, or round it and flush what is below the normal numbers. */
const ROUNDINGS = [f32, (value: number): number => (Math.abs(value) < SMALLEST_NORMAL ? 0 : f32(value))];
type Rounding = (value: number) => number;

/** Inner products in float32, by the order of the additions. */
const ORDERS: Readonly<Record<string, (a: Float32Array, b: Float32Array, round: Rounding) => number>> = {
  'first to last': (a, b, round) => a.reduce((sum, value, axis) => round(sum + round(value * at(b, axis))), 0),
  'last to first': (a, b, round) => a.reduceRight((sum, value, axis) => round(sum + round(value * at(b, axis))), 0),
  'multiplied and added at once': (a, b, round) => a.reduce((sum, value, axis) => round(sum + value * at(b, axis)), 0),
  'pair by pair': (a, b, round) =>
    pairwise(
      Array.from(a, (value, axis) => round(value * at(b, axis))),
      round
    ),
  'in eight lanes': (a, b, round) => {
    const lanes = new Array<number>(8).fill(0);
    a.forEach((value, axis) => (lanes[axis % 8] = round(at(lanes, axis % 8) + value * at(b, axis))));
    return pairwise(lanes, round);
  }
};

function at(values: ArrayLike<number>, index: number): number {
  return values[index] ?? NaN;
}

function pairwise(values: readonly number[], round: Rounding): number {
  if (values.length === 1) return at(values, 0);
  const half = values.length >> 1;
  return round(pairwise(values.slice(0, half), round) + pairwise(values.slice(half), round));
}

/** The definition, before it is rounded. */
function trueScore(item: Float32Array, query: Float32Array, added: number): number {
  return item.reduce((sum, value, axis) => sum + value * at(query, axis), 0) + added;
}

function rowsOf(items: Float32Array, d: number): Float32Array[] {
  return Array.from({ length: items.length / d }, (_, row) => items.subarray(row * d, (row + 1) * d));
}

describe('floatScanError', () => {
  test.each(Object.keys(ORDERS))('bounds what a scan is off, added up %s', name => {
    fc.assert(
      fc.property(nastyCase(), fc.constantFrom(...ROUNDINGS), ({ d, items, query, added }, round) => {
        const maxAdded = Math.max(...added.map(Math.abs));
        const rows = rowsOf(items, d);
        const magnitudes = {
          dimensions: d,
          queryNorm: norm(query),
          maxItemNorm: Math.max(...rows.map(norm)),
          maxAdded
        };
        const error = floatScanError(magnitudes);
        for (const [row, item] of rows.entries()) {
          const scan = round((ORDERS[name]?.(item, query, round) ?? NaN) + at(added, row));
          const off = Math.abs(scan - trueScore(item, query, at(added, row)));
          expect(off).toBeLessThanOrEqual(error);
        }
      }),
      { numRuns: 300 }
    );
  });

  test('is small beside the scores, or nothing would ever be certified', () => {
    const error = floatScanError({ dimensions: 128, queryNorm: 1, maxItemNorm: 1, maxAdded: 0 });
    expect(error).toBeGreaterThan(128 * 2 ** -24);
    expect(error).toBeLessThan(1e-5);
  });

  test.each([
    ['the products', { queryNorm: 2 ** 70, maxItemNorm: 2 ** 60, maxAdded: 0 }],
    ['what is added', { queryNorm: 1, maxItemNorm: 1, maxAdded: Infinity }],
    ['a norm that is no number', { queryNorm: NaN, maxItemNorm: 1, maxAdded: 0 }]
  ])('says nothing where sums could overflow by %s', (_name, magnitudes) => {
    expect(floatScanError({ dimensions: 4, ...magnitudes })).toBe(Infinity);
  });
});

/** How the kernel multiplies 8-bit numbers: it rounds the query itself, adds integers in a block, and scales. */
const KERNELS: Readonly<Record<string, (block: BlockSums) => number>> = {
  'scales first': ({ sum, itemScale, queryScale, round }) => round(round(itemScale * queryScale) * sum),
  'one scale after the other': ({ sum, itemScale, queryScale, round }) => round(round(sum * queryScale) * itemScale),
  'numbers without their zero point': ({ raw, numbers, itemScale, queryScale, round }) => {
    const scale = round(itemScale * queryScale);
    return round(round(scale * raw) - round(round(queryScale * numbers) * round(itemScale * 128)));
  }
};

interface BlockSums {
  /** Σ query · (item − 128), Σ query · item, Σ query. */
  readonly sum: number;
  readonly raw: number;
  readonly numbers: number;
  readonly itemScale: number;
  readonly queryScale: number;
  readonly round: Rounding;
}

function kernelScore(
  query: Float32Array,
  item: { numbers: Uint8Array; scales: Float32Array },
  kernel: (block: BlockSums) => number,
  round: Rounding
): number {
  const { block, blocks } = blockLayout(query.length);
  let score = 0;
  for (let each = 0; each < blocks; each += 1) {
    const values = query.subarray(each * block, (each + 1) * block);
    const queryScale = f32(Math.max(...values.map(Math.abs)) / 127);
    const inverse = queryScale === 0 ? 0 : f32(1 / queryScale);
    const [sums, itemScale] = [{ sum: 0, raw: 0, numbers: 0 }, at(item.scales, each)];
    values.forEach((value, index) => {
      const number = Math.round(f32(value * inverse));
      sums.sum += number * (at(item.numbers, each * block + index) - 128);
      sums.raw += number * at(item.numbers, each * block + index);
      sums.numbers += number;
    });
    score = round(score + kernel({ ...sums, itemScale, queryScale, round }));
  }
  return score;
}

describe('quantisedScanError', () => {
  test.each(Object.keys(KERNELS))('bounds what an 8-bit scan is off, %s', name => {
    fc.assert(
      fc.property(nastyCase(), fc.constantFrom(...ROUNDINGS), ({ d, items, query, added }, round) => {
        const { block, blocks } = blockLayout(d);
        const rows = rowsOf(items, d);
        const [numbers, scales] = [
          new Uint8Array(rows.length * block * blocks),
          new Float32Array(rows.length * blocks)
        ];
        const loss = quantiseRows(items, d, numbers, scales);
        const rounded = quantiseQuery(query);
        const maxAdded = Math.max(...added.map(Math.abs));
        const maxItemNorm = Math.max(...rows.map(norm));
        const error = quantisedScanError(
          { dimensions: d, queryNorm: norm(query), maxItemNorm, maxAdded },
          loss,
          rounded
        );
        for (const [row, item] of rows.entries()) {
          const copy = {
            numbers: numbers.subarray(row * block * blocks, (row + 1) * block * blocks),
            scales: scales.subarray(row * blocks, (row + 1) * blocks)
          };
          const product = kernelScore(rounded.values, copy, KERNELS[name] ?? (() => NaN), round);
          const off = Math.abs(round(product + at(added, row)) - trueScore(item, query, at(added, row)));
          expect(off).toBeLessThanOrEqual(error);
        }
      }),
      { numRuns: 300 }
    );
  });

  test('is about a hundredth of ordinary scores, or the 8-bit scan would certify nothing', () => {
    const items = Float32Array.from({ length: 64 * 128 }, (_, index) => Math.sin(index * index) / Math.sqrt(64));
    const [numbers, scales] = [new Uint8Array(64 * 128), new Float32Array(64)];
    const query = items.slice(0, 128);
    const magnitudes = { dimensions: 128, queryNorm: norm(query), maxItemNorm: 1, maxAdded: 0 };
    const error = quantisedScanError(magnitudes, quantiseRows(items, 128, numbers, scales), quantiseQuery(query));
    expect(error).toBeGreaterThan(0);
    expect(error).toBeLessThan(0.02 * norm(query) ** 2);
  });
});

describe('isCertified', () => {
  const score = fc.oneof(fc.float({ noNaN: true }), fc.constantFrom(0, -0, 1, -1, 2 ** -149, 2 ** -126, -(2 ** -149)));
  const error = fc.oneof(fc.double({ min: 0, max: 10, noNaN: true }), fc.constantFrom(0, 2 ** -149, 1e-17, 1));

  test('never where a row that was left out could tie or win', () => {
    // Of a row left out only this is known: its true score is at most worst + error. It is rounded to float32 before it is compared.
    fc.assert(
      fc.property(score, error, fc.double({ min: 0, max: 1, noNaN: true }), (worst, error, share) => {
        const leftOut = f32(worst + error - share * error * 2 ** -20);
        expect(isCertified(leftOut, worst, error)).toBe(false);
        expect(isCertified(leftOut - Math.abs(leftOut), worst, error)).toBe(false);
      }),
      { numRuns: 2000 }
    );
  });

  test('nor where worst and error cancel, and what is left has been rounded away', () => {
    // -1 + (1 + 2^-52) is 2^-52: a row may have that, and its float32 is the k-th's.
    expect(isCertified(2 ** -52, -1, 1 + 2 ** -52)).toBe(false);
    // 1e-17 is lost beside 1: a row of 1e-17 may have been left out though worst + error is 0.
    expect(isCertified(f32(0.5e-17), -1 + 1e-17, 1)).toBe(false);
  });

  test('nor for numbers below the normal ones, which are rounded by more than a part of them', () => {
    expect(isCertified(2 ** -149, 0.6 * 2 ** -149, 0)).toBe(false);
    expect(isCertified(2 ** -148, 2 ** -149, 2 ** -150)).toBe(false);
  });

  test.each([
    ['the error is not known', 1e30, 0, Infinity],
    ['the error is no number', 1, 0, NaN],
    ['the scan saw nothing', 1, -Infinity, 1],
    ['there are not k candidates', -Infinity, -5, 1],
    ['scores overflow', Infinity, Infinity, 1]
  ])('nor where %s', (_name, kth, worst, error) => {
    expect(isCertified(kth, worst, error)).toBe(false);
  });

  test('but where the k-th is above all that could have been left out', () => {
    expect(isCertified(1, 0.9, 0.0999)).toBe(true);
    expect(isCertified(-1, -1.2, 0.1)).toBe(true);
    expect(isCertified(1e-30, 0, 1e-31)).toBe(true);
  });
});
