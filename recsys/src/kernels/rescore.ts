/** The definition of a score (ADR 0009), for the candidates of a scan. */

/** `l2`: minus the squared distance, so that more is better in all of them. `cosine` is `ip` of rows that were normalised before. */
export type Metric = 'ip' | 'cosine' | 'l2';

/**
 * True scores: sums in float64 from the first dimension to the last, plus what is added, rounded once to float32.
 *
 * Shapes   vectors f32[n · d], query f32[d] widened to f64[d], added f32[n] → f32[n].
 * Edges    n = 0 → nothing.
 * Cost     O(n · d). Four rows at a time: each has its own sum, in the same order as alone.
 */
export function rescore(
  metric: Metric,
  vectors: Float32Array,
  query: Float64Array,
  added?: Float32Array
): Float32Array {
  const sums = metric === 'l2' ? squaredDistances(vectors, query) : products(vectors, query);
  const scores = new Float32Array(sums.length);
  for (let row = 0; row < sums.length; row += 1) {
    scores[row] = (sums[row] as number) + (added === undefined ? 0 : (added[row] as number));
  }
  return scores;
}

function products(vectors: Float32Array, query: Float64Array): Float64Array {
  const d = query.length;
  const sums = new Float64Array(vectors.length / d);
  let row = 0;
  for (; row + 4 <= sums.length; row += 4) {
    let [a, b, c, e] = [0, 0, 0, 0];
    let at = row * d;
    for (let axis = 0; axis < d; axis += 1, at += 1) {
      const weight = query[axis] as number;
      a += (vectors[at] as number) * weight;
      b += (vectors[at + d] as number) * weight;
      c += (vectors[at + 2 * d] as number) * weight;
      e += (vectors[at + 3 * d] as number) * weight;
    }
    sums[row] = a;
    sums[row + 1] = b;
    sums[row + 2] = c;
    sums[row + 3] = e;
  }
  for (; row < sums.length; row += 1) {
    let sum = 0;
    for (let axis = 0; axis < d; axis += 1) sum += (vectors[row * d + axis] as number) * (query[axis] as number);
    sums[row] = sum;
  }
  return sums;
}

function squaredDistances(vectors: Float32Array, query: Float64Array): Float64Array {
  const d = query.length;
  const sums = new Float64Array(vectors.length / d);
  for (let row = 0; row < sums.length; row += 1) {
    let sum = 0;
    for (let axis = 0; axis < d; axis += 1) {
      const difference = (vectors[row * d + axis] as number) - (query[axis] as number);
      sum += difference * difference;
    }
    sums[row] = -sum;
  }
  return sums;
}

/**
 * Scales rows to length 1 in place, as `cosine` wants them: norms in float64, each value rounded once.
 *
 * Shapes   vectors f32[n · d], written.
 * Edges    a row of zeros stays one: its cosine with anything is 0.
 */
export function normaliseRows(vectors: Float32Array, dimensions: number): void {
  for (let start = 0; start < vectors.length; start += dimensions) {
    const norm = Math.sqrt(squaredNorm(vectors, start, dimensions));
    if (norm === 0) continue;
    for (let at = start; at < start + dimensions; at += 1) vectors[at] = (vectors[at] as number) / norm;
  }
}

/** Of the row that begins at `start`, in float64; not finite where a value of it is not. */
export function squaredNorm(vectors: Float32Array, start: number, dimensions: number): number {
  let sum = 0;
  for (let at = start; at < start + dimensions; at += 1) sum += (vectors[at] as number) * (vectors[at] as number);
  return sum;
}
