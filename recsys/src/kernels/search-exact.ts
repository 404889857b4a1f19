/**
 * Exact retrieval, slow and obvious: the twin that every faster kernel is held against.
 */

export interface Hits {
  /** i32[B · k], row by row; -1 where fewer than k items exist. */
  readonly indices: Int32Array;
  /** f32[B · k]; -Infinity where the index is -1. */
  readonly scores: Float32Array;
}

/**
 * The `k` items with the largest inner product for each query.
 *
 * Shapes   items f32[N · d], queries f32[B · d], both row-major → indices i32[B · k], scores f32[B · k].
 * Units    none; scores are the inner products, summed in f64 and rounded once to f32.
 * Throws   RangeError if d or k is not a positive integer, a length is no multiple of d, or any value is not finite.
 * Edges    N < k → the rest of a row is index -1, score -Infinity. Equal scores: the smaller index first.
 * Cost     O(B · N · (d + log N)) time, O(N) memory beside the answer.
 */
export function searchExact(items: Float32Array, queries: Float32Array, dimensions: number, k: number): Hits {
  requirePositiveInteger('dimensions', dimensions);
  requirePositiveInteger('k', k);
  const itemCount = rowCount('items', items, dimensions);
  const queryCount = rowCount('queries', queries, dimensions);
  const indices = new Int32Array(queryCount * k).fill(-1);
  const scores = new Float32Array(queryCount * k).fill(-Infinity);
  for (let query = 0; query < queryCount; query += 1) {
    const row = queries.subarray(query * dimensions, (query + 1) * dimensions);
    const ranked = rank(scoreAll(items, row, itemCount), k);
    indices.set(
      ranked.map(([index]) => index),
      query * k
    );
    scores.set(
      ranked.map(([, score]) => score),
      query * k
    );
  }
  return { indices, scores };
}

function scoreAll(items: Float32Array, query: Float32Array, itemCount: number): Float32Array {
  const scores = new Float32Array(itemCount);
  for (let item = 0; item < itemCount; item += 1) {
    const row = items.subarray(item * query.length, (item + 1) * query.length);
    scores[item] = row.reduce((sum, value, axis) => sum + value * (query[axis] ?? 0), 0);
  }
  return scores;
}

function rank(scores: Float32Array, k: number): (readonly [number, number])[] {
  return Array.from(scores, (score, index) => [index, score] as const)
    .sort(([indexA, a], [indexB, b]) => b - a || indexA - indexB)
    .slice(0, k);
}

function rowCount(name: string, values: Float32Array, dimensions: number): number {
  const bad = values.findIndex(value => !Number.isFinite(value));
  if (bad >= 0) throw new RangeError(`${name}[${bad}] is ${values[bad]}: want finite numbers`);
  if (values.length % dimensions !== 0) {
    throw new RangeError(`${name} has ${values.length} values: want a multiple of dimensions = ${dimensions}`);
  }
  return values.length / dimensions;
}

function requirePositiveInteger(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`${name} is ${value}: want a positive integer`);
}
