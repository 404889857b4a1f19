/** The definition of a search (ADR 0009) in the slowest and plainest form: `searchExact`, extended by metrics, masks and boosts. */
import { searchExact } from '../../kernels/index.js';
import { randomFrom } from '../../kernels/testing/nasty-vectors.js';

export type Metric = 'ip' | 'cosine' | 'l2';

export interface TwinSearch {
  readonly items: Float32Array;
  readonly dimensions: number;
  readonly metric?: Metric;
  readonly queries: Float32Array;
  readonly k: number;
  /** By row and query; left out: every row. */
  readonly isKept?: ((row: number, query: number) => boolean) | undefined;
  /** f32[rows]. */
  readonly boost?: Float32Array | undefined;
}

export interface TwinFound {
  readonly ids: number[][];
  readonly scores: number[][];
}

/** Rows and scores of the best of each query, best first; equal scores: the smaller row first. */
export function searchTwin(search: TwinSearch): TwinFound {
  const { items, dimensions: d, metric = 'ip', queries, k } = search;
  if (metric === 'ip' && search.isKept === undefined && search.boost === undefined)
    return byOracle(items, queries, d, k);
  const [x, q] = metric === 'cosine' ? [normalised(items, d), normalised(queries, d)] : [items, queries];
  const best = Array.from({ length: q.length / d }, (_, query) => bestOf(x, q.subarray(query * d), query, search));
  return { ids: best.map(each => each.map(([, row]) => row)), scores: best.map(each => each.map(([value]) => value)) };
}

function bestOf(x: Float32Array, q: Float32Array, query: number, search: TwinSearch): (readonly [number, number])[] {
  const { dimensions: d, metric = 'ip', k, isKept = () => true, boost } = search;
  const scored: (readonly [score: number, row: number])[] = [];
  for (let row = 0; row < x.length / d; row += 1) {
    const sum = score(x.subarray(row * d), q, d, metric);
    if (isKept(row, query)) scored.push([Math.fround(sum + (boost?.[row] ?? 0)), row]);
  }
  return scored.sort(([a, rowA], [b, rowB]) => b - a || rowA - rowB).slice(0, k);
}

function byOracle(items: Float32Array, queries: Float32Array, d: number, k: number): TwinFound {
  const { indices, scores } = searchExact(items, queries, d, k);
  const perQuery = <T>(values: readonly T[]): T[][] =>
    Array.from({ length: queries.length / d }, (_, query) =>
      values.slice(query * k, (query + 1) * k).filter((_value, place) => (indices[query * k + place] ?? -1) >= 0)
    );
  return { ids: perQuery([...indices]), scores: perQuery([...scores]) };
}

function score(x: Float32Array, q: Float32Array, d: number, metric: Metric): number {
  let sum = 0;
  for (let axis = 0; axis < d; axis += 1) {
    const [item, wanted] = [x[axis] ?? NaN, q[axis] ?? NaN];
    sum += metric === 'l2' ? (item - wanted) * (item - wanted) : item * wanted;
  }
  return metric === 'l2' ? -sum : sum;
}

/** Rows of length 1, zeros left alone: norms in float64, each value rounded once. */
export function normalised(vectors: Float32Array, d: number): Float32Array {
  const made = vectors.slice();
  for (let start = 0; start < made.length; start += d) {
    let square = 0;
    for (let axis = 0; axis < d; axis += 1) square += (vectors[start + axis] ?? NaN) ** 2;
    if (square === 0) continue;
    for (let axis = 0; axis < d; axis += 1) made[start + axis] = (vectors[start + axis] ?? NaN) / Math.sqrt(square);
  }
  return made;
}

/** About normally distributed numbers. */
export function gaussians(count: number, seed: number): Float32Array {
  const random = randomFrom(seed);
  return Float32Array.from({ length: count }, () => random() + random() + random() + random() - 2);
}
