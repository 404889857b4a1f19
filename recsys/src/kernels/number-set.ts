/** A set of numbers that is asked millions of times, as a hash table in one typed array. */
import type { BlockLoop } from './block-loops.js';

/** Open addressing: as many slots as a power of two, NaN where free, which is no member and equals nothing. */
export type NumberSet = Float64Array;

/**
 * The set of some finite numbers; 0 and -0 are one number.
 *
 * Shapes   any number of values → f64[a power of two], for `memberLoop`.
 * Throws   RangeError if a value is not finite.
 * Edges    repeated values count once; without values nothing is a member.
 * Cost     expected O(values) time, 16 to 32 bytes a value. Somebody who knows the hash can choose values that make it
 *          quadratic.
 */
export function numberSet(values: readonly number[]): NumberSet {
  const slots = new Float64Array(2 ** Math.ceil(Math.log2(2 * values.length + 2))).fill(NaN);
  const bits = new Float64Array(1);
  const words = new Int32Array(bits.buffer);
  for (const [index, value] of values.entries()) {
    if (!Number.isFinite(value)) throw new RangeError(`values[${index}] is ${value}: want finite numbers`);
    bits[0] = value;
    let slot = hashOf(words[0] ?? 0, words[1] ?? 0) & (slots.length - 1);
    while (slots[slot] !== value && !Number.isNaN(slots[slot])) slot = (slot + 1) & (slots.length - 1);
    slots[slot] = value;
  }
  return slots;
}

/** Numbers that are members; `words` are the same bytes as `values`. */
export const memberLoop: BlockLoop<{ values: Float64Array; words: Int32Array; slots: NumberSet }> = (
  { values, words, slots },
  from,
  n,
  { bytes }
) => {
  const mask = slots.length - 1;
  for (let index = 0; index < n; index += 1) {
    const at = from + index;
    const value = values[at] as number;
    let slot = hashOf(words[2 * at] as number, words[2 * at + 1] as number) & mask;
    let held = slots[slot] as number;
    while (held !== value && !Number.isNaN(held)) {
      slot = (slot + 1) & mask;
      held = slots[slot] as number;
    }
    bytes[index] = Number(held === value);
  }
};

/** The sign stays out, for 0 and -0 have to meet. */
function hashOf(low: number, high: number): number {
  let hash = Math.imul(low, 0x9e3779b1) ^ Math.imul(high & 0x7fffffff, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
