/**
 * Small tensors from plain numbers: axes, shapes, thresholds. Large ones belong into external files.
 *
 * Shapes   values[n] and a shape whose product is n (left out: [n]; [] with one value: a scalar). The length is judged
 *          by `graphProblems`, where the name of the graph is known.
 * Throws   RangeError if a value does not fit the element type; nothing is rounded to an integer or cut off in silence.
 */
import { float32Bytes } from './float32-bytes.js';
import type { InlineInitializer } from './graph.js';
import { isInt64 } from './varint.js';

const INT32_LIMIT = 2 ** 31;

/** An int64 tensor; numbers must be safe integers, bigints must fit 64 bits. */
export function int64s(
  name: string,
  values: ArrayLike<number | bigint>,
  shape: readonly number[] = [values.length]
): InlineInitializer {
  requireAll(name, values, isInt64, 'safe integers, or bigints of at most 64 bits with sign');
  const data = new DataView(new ArrayBuffer(values.length * 8));
  Array.from(values).forEach((value, index) => data.setBigInt64(index * 8, BigInt(value), true));
  return { name, type: 'int64', shape, data: new Uint8Array(data.buffer) };
}

/** An int32 tensor. */
export function int32s(
  name: string,
  values: ArrayLike<number>,
  shape: readonly number[] = [values.length]
): InlineInitializer {
  requireAll(name, values, isInt32, 'integers in [-2^31, 2^31 - 1]');
  const data = new DataView(new ArrayBuffer(values.length * 4));
  Array.from(values).forEach((value, index) => data.setInt32(index * 4, value, true));
  return { name, type: 'int32', shape, data: new Uint8Array(data.buffer) };
}

/** A float32 tensor; each value is rounded to the nearest f32, and NaN and infinities are kept. */
export function float32s(
  name: string,
  values: ArrayLike<number>,
  shape: readonly number[] = [values.length]
): InlineInitializer {
  requireAll(name, values, keepsItsSize, 'numbers that f32 can hold, or infinities that are meant');
  return { name, type: 'float32', shape, data: float32Bytes(values) };
}

function isInt32(value: number): boolean {
  return Number.isInteger(value) && value >= -INT32_LIMIT && value < INT32_LIMIT;
}

function keepsItsSize(value: number): boolean {
  return !Number.isFinite(value) || Number.isFinite(Math.fround(value));
}

function requireAll<T extends number | bigint>(
  name: string,
  values: ArrayLike<T>,
  fits: (value: T) => boolean,
  want: string
): void {
  const bad = Array.from(values).findIndex(value => !fits(value));
  if (bad >= 0) throw new RangeError(`${name}[${bad}] is ${values[bad]}: want ${want}`);
}
