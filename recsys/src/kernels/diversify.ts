/** Chooses from the best of a search so that the answer is not ten times the same. */
import { requirePositiveInteger } from './require.js';

/** The pool is ordered as a search orders it: greater scores first, equal ones by row. */
export interface MmrPool {
  /** f32[n]. */
  readonly scores: Float32Array;
  /** f32[n · d], row-major. */
  readonly vectors: Float32Array;
  readonly dimensions: number;
  /** 1: by score alone; 0: by difference from those chosen alone. */
  readonly lambda: number;
  readonly k: number;
}

/**
 * Greedy choice by λ · score − (1 − λ) · greatest cosine similarity to those chosen (maximal marginal relevance).
 *
 * Shapes   scores f32[n], vectors f32[n · d] → i32[min(k, n)]: positions in the pool, in the order chosen.
 * Units    scores should be of the size of cosines, or λ weighs two different things.
 * Throws   RangeError if d or k is not a positive integer, λ not in [0, 1], vectors not n · d, or a value not finite.
 * Edges    the first choice, with none to be similar to, goes by λ · score. A vector of zeros is similar to none: 0.
 *          Equal: the smaller position. Similarities below 0 count as they are and speak for an item.
 * Accuracy sums in float64 from the first dimension to the last; the choice is that of the formula so computed.
 * Cost     O(k · n · d) time, O(n) memory beside the answer.
 * Source   Carbonell and Goldstein, SIGIR 1998.
 */
export function mmr(pool: MmrPool): Int32Array {
  const norms = checkedNorms(pool);
  const { scores, vectors, dimensions, lambda, k } = pool;
  const n = scores.length;
  const chosen = new Int32Array(Math.min(k, n));
  const isChosen = new Uint8Array(n);
  const closest = new Float64Array(n);
  for (let choice = 0; choice < chosen.length; choice += 1) {
    let best = -1;
    let bestWorth = -Infinity;
    for (let at = 0; at < n; at += 1) {
      const worth = lambda * (scores[at] as number) - (1 - lambda) * (closest[at] as number);
      if (isChosen[at] === 1 || (best >= 0 && worth <= bestWorth)) continue;
      best = at;
      bestWorth = worth;
    }
    chosen[choice] = best;
    isChosen[best] = 1;
    if (choice === 0) closest.fill(-Infinity);
    if (choice + 1 < chosen.length) raiseClosest(closest, best, vectors, dimensions, norms);
  }
  return chosen;
}

/** closest[i] becomes at least the similarity of i to the one just chosen. */
function raiseClosest(
  closest: Float64Array,
  chosen: number,
  vectors: Float32Array,
  dimensions: number,
  norms: Float64Array
): void {
  const start = chosen * dimensions;
  const norm = norms[chosen] as number;
  for (let at = 0; at < closest.length; at += 1) {
    let dot = 0;
    const other = at * dimensions;
    for (let axis = 0; axis < dimensions; axis += 1) {
      dot += (vectors[start + axis] as number) * (vectors[other + axis] as number);
    }
    const product = norm * (norms[at] as number);
    const similarity = product === 0 ? 0 : dot / product;
    if (similarity > (closest[at] as number)) closest[at] = similarity;
  }
}

function checkedNorms({ scores, vectors, dimensions, lambda, k }: MmrPool): Float64Array {
  requirePositiveInteger('dimensions', dimensions);
  requirePositiveInteger('k', k);
  if (!(lambda >= 0 && lambda <= 1)) throw new RangeError(`lambda is ${lambda}: want a number in [0, 1]`);
  if (vectors.length !== scores.length * dimensions) {
    throw new RangeError(`vectors has ${vectors.length} values: want ${scores.length} · ${dimensions}`);
  }
  const norms = new Float64Array(scores.length);
  for (let at = 0; at < norms.length; at += 1) {
    if (!Number.isFinite(scores[at])) throw new RangeError(`scores[${at}] is ${scores[at]}: want finite numbers`);
    let sum = 0;
    for (let index = at * dimensions; index < (at + 1) * dimensions; index += 1) sum += (vectors[index] as number) ** 2;
    if (!Number.isFinite(sum)) throw new RangeError(`vectors, row ${at}: want finite numbers`);
    norms[at] = Math.sqrt(sum);
  }
  return norms;
}

/** The pool is ordered as for `mmr`. */
export interface CategoryPool {
  /** i32[n]; -1 for rows with no category. */
  readonly codes: Int32Array;
  readonly k: number;
  readonly atMost: number;
}

/**
 * The best `k` of the pool of which at most `atMost` share a category.
 *
 * Shapes   codes i32[n] → i32[≤ k]: positions in the pool, ascending.
 * Throws   RangeError if k or atMost is not a positive integer.
 * Edges    a negative code is no category: such rows are free. Fewer than k may be left; a larger pool may hold more.
 * Cost     O(n) time, O(categories in the pool) memory.
 */
export function atMostPerCategory({ codes, k, atMost }: CategoryPool): Int32Array {
  requirePositiveInteger('k', k);
  requirePositiveInteger('atMost', atMost);
  const taken = new Map<number, number>();
  const chosen = new Int32Array(Math.min(k, codes.length));
  let count = 0;
  for (let at = 0; at < codes.length && count < chosen.length; at += 1) {
    const code = codes[at] as number;
    const before = code < 0 ? 0 : (taken.get(code) ?? 0);
    if (before >= atMost) continue;
    taken.set(code, before + 1);
    chosen[count] = at;
    count += 1;
  }
  return chosen.slice(0, count);
}
