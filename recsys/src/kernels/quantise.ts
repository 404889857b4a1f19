/**
 * 8-bit copies of items and queries for the scan that only proposes. How wrong a scan with them can be is computed here, not estimated:
 * the largest distance between an item and its copy, and the largest copy.
 */
import { requirePositiveInteger } from './require.js';

/** How rows are cut into blocks that share a scale. */
export interface BlockLayout {
  readonly block: number;
  readonly blocks: number;
}

/** What the error bound needs to know of quantised items (Euclidean norms, f64). */
export interface QuantisationLoss {
  readonly maxError: number;
  readonly maxNorm: number;
}

export interface QuantisedQuery {
  /** f32[d]: multiples of the scale of their block. */
  readonly values: Float32Array;
  readonly norm: number;
  /** Of the difference to the query. */
  readonly error: number;
}

const LARGEST = 127;
const ZERO_POINT = 128;
const MAX_BLOCK = 128;
const MIN_BLOCK = 32;
/** Below, arithmetic may flush to zero: such a block is taken for zeros, and its whole content for error. */
const SMALLEST_SCALE = 2 ** -100;

/** One block where a row fits into 128 numbers, else blocks of 128; block sizes are powers of two from 32, as the kernel wants them. */
export function blockLayout(dimensions: number): BlockLayout {
  requirePositiveInteger('dimensions', dimensions);
  let block = MIN_BLOCK;
  while (block < dimensions && block < MAX_BLOCK) block *= 2;
  return { block, blocks: Math.ceil(dimensions / block) };
}

/**
 * Rounds rows to 8 bits: in each block `x ≈ scale · (number − 128)`, scale = the block's largest magnitude / 127.
 *
 * Shapes   items f32[n · d] → numbers u8[n · blocks · block] (filled up with 128), scales f32[n · blocks]; both are written.
 * Throws   RangeError if a length does not fit.
 * Edges    a block of zeros gets scale 0. Values must be finite.
 * Cost     O(n · d).
 */
export function quantiseRows(
  items: Float32Array,
  dimensions: number,
  numbers: Uint8Array,
  scales: Float32Array
): QuantisationLoss {
  const { block, blocks } = blockLayout(dimensions);
  const rows = items.length / dimensions;
  requireLength('numbers', numbers.length, rows * block * blocks);
  requireLength('scales', scales.length, rows * blocks);
  numbers.fill(ZERO_POINT);
  let maxError = 0;
  let maxNorm = 0;
  for (let row = 0; row < rows; row += 1) {
    let error = 0;
    let norm = 0;
    for (let each = 0; each < blocks; each += 1) {
      const start = row * dimensions + each * block;
      const end = Math.min(start + block, (row + 1) * dimensions);
      const scale = scaleOf(items, start, end);
      scales[row * blocks + each] = scale;
      const inverse = scale === 0 ? 0 : 1 / scale;
      let to = (row * blocks + each) * block;
      for (let from = start; from < end; from += 1, to += 1) {
        const value = items[from] as number;
        const number = clampToByte(Math.round(value * inverse));
        numbers[to] = number + ZERO_POINT;
        const copy = scale * number;
        error += (value - copy) * (value - copy);
        norm += copy * copy;
      }
    }
    if (error > maxError) maxError = error;
    if (norm > maxNorm) maxNorm = norm;
  }
  return { maxError: Math.sqrt(maxError), maxNorm: Math.sqrt(maxNorm) };
}

/**
 * Rounds a query as the kernel would, so that it finds nothing left to round and its error is known.
 *
 * Shapes   query f32[d] → values f32[d].
 * Edges    zeros stay zeros. Values must be finite.
 */
export function quantiseQuery(query: Float32Array): QuantisedQuery {
  const { block, blocks } = blockLayout(query.length);
  const values = new Float32Array(query.length);
  let norm = 0;
  let error = 0;
  for (let each = 0; each < blocks; each += 1) {
    const start = each * block;
    const end = Math.min(start + block, query.length);
    const scale = scaleOf(query, start, end);
    for (let axis = start; axis < end; axis += 1) {
      const value = query[axis] as number;
      const copy = Math.fround(scale === 0 ? 0 : clampToByte(Math.round(value / scale)) * scale);
      values[axis] = copy;
      error += (value - copy) * (value - copy);
      norm += copy * copy;
    }
  }
  return { values, norm: Math.sqrt(norm), error: Math.sqrt(error) };
}

function scaleOf(values: Float32Array, start: number, end: number): number {
  let largest = 0;
  for (let index = start; index < end; index += 1) {
    const magnitude = Math.abs(values[index] as number);
    if (magnitude > largest) largest = magnitude;
  }
  const scale = Math.fround(largest / LARGEST);
  return scale < SMALLEST_SCALE ? 0 : scale;
}

function clampToByte(value: number): number {
  return value > LARGEST ? LARGEST : value < -LARGEST ? -LARGEST : value;
}

function requireLength(name: string, length: number, want: number): void {
  if (length !== want) throw new RangeError(`${name} has ${length} values: want ${want}`);
}
