/**
 * The loops that `selectRows` spends its time in: each writes to `out.bytes[0 … n)` whether rows `from … from + n` fulfil one
 * condition, as 0 or 1. `Number(a < b)` compiles to no jump, where `a < b ? 1 : 0` does, and five times as long goes by
 * when the processor guesses wrong. NaN fulfils none of them but `isNaN`.
 */
import type { Comparison } from './filter.js';

/** The answers for a block of rows, 0 or 1 each; `words` are the same bytes, four rows at a time. */
export interface Block {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
}

/** `condition` holds the column and what it is compared with. What lies behind the n-th answer may be overwritten. */
export type BlockLoop<Condition> = (condition: Condition, from: number, n: number, out: Block) => void;

export interface Bound {
  readonly values: Float64Array;
  readonly bound: number;
}

export const COMPARE_LOOPS: Readonly<Record<Comparison, BlockLoop<Bound>>> = {
  '<': ({ values, bound }, from, n, { bytes }) => {
    for (let index = 0; index < n; index += 1) bytes[index] = Number((values[from + index] as number) < bound);
  },
  '<=': ({ values, bound }, from, n, { bytes }) => {
    for (let index = 0; index < n; index += 1) bytes[index] = Number((values[from + index] as number) <= bound);
  },
  '==': ({ values, bound }, from, n, { bytes }) => {
    for (let index = 0; index < n; index += 1) bytes[index] = Number(values[from + index] === bound);
  },
  '!=': ({ values, bound }, from, n, { bytes }) => {
    for (let index = 0; index < n; index += 1) {
      const value = values[from + index] as number;
      bytes[index] = Number(value < bound) | Number(value > bound);
    }
  },
  '>=': ({ values, bound }, from, n, { bytes }) => {
    for (let index = 0; index < n; index += 1) bytes[index] = Number((values[from + index] as number) >= bound);
  },
  '>': ({ values, bound }, from, n, { bytes }) => {
    for (let index = 0; index < n; index += 1) bytes[index] = Number((values[from + index] as number) > bound);
  }
};

/** Numbers in [low, high]. */
export const betweenLoop: BlockLoop<{ values: Float64Array; low: number; high: number }> = (
  { values, low, high },
  from,
  n,
  { bytes }
) => {
  for (let index = 0; index < n; index += 1) {
    const value = values[from + index] as number;
    bytes[index] = Number(value >= low) & Number(value <= high);
  }
};

/** Missing numbers. */
export const nanLoop: BlockLoop<{ values: Float64Array }> = ({ values }, from, n, { bytes }) => {
  for (let index = 0; index < n; index += 1) bytes[index] = Number(Number.isNaN(values[from + index]));
};

/** Codes that have a 1 in the table of `codeTable`. */
export const codeLoop: BlockLoop<{ codes: Int32Array; table: Uint8Array }> = ({ codes, table }, from, n, { bytes }) => {
  for (let index = 0; index < n; index += 1) bytes[index] = table[(codes[from + index] as number) + 1] as number;
};

/** Flags that are set, or not set where `flip` is 1. */
export const flagLoop: BlockLoop<{ flags: Uint8Array; flip: 0 | 1 }> = ({ flags, flip }, from, n, { bytes }) => {
  for (let index = 0; index < n; index += 1) bytes[index] = Number(flags[from + index] !== 0) ^ flip;
};

/** Nothing. */
export const noneLoop: BlockLoop<unknown> = (_condition, _from, n, { bytes }) => {
  bytes.fill(0, 0, n);
};

const ALL_SET = 0x01010101;

/** What the block holds, where another holds it too. */
export const andLoop: BlockLoop<Block> = (other, _from, _n, { words }) => {
  for (let word = 0; word < words.length; word += 1)
    words[word] = (words[word] as number) & (other.words[word] as number);
};

/** What the block or another holds. */
export const orLoop: BlockLoop<Block> = (other, _from, _n, { words }) => {
  for (let word = 0; word < words.length; word += 1)
    words[word] = (words[word] as number) | (other.words[word] as number);
};

/** What the block does not hold. */
export const notLoop: BlockLoop<unknown> = (_condition, _from, _n, { words }) => {
  for (let word = 0; word < words.length; word += 1) words[word] = (words[word] as number) ^ ALL_SET;
};
