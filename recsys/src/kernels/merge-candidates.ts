/** One list of candidates out of several for the same query: of the vectors of a person, or of the parts of a corpus. */
import { requirePositiveInteger } from './require.js';

/** Greater values first, equal ones by row; behind the last candidate row -1 and value -Infinity. */
export interface Candidates {
  readonly values: Float32Array;
  readonly rows: Float64Array | Int32Array;
}

/** How many rows a list has before what it is filled up with. */
export function filledCount(rows: Candidates['rows']): number {
  const end = rows.indexOf(-1);
  return end < 0 ? rows.length : end;
}

/**
 * The best `k` rows of all lists.
 *
 * Shapes   any number of lists of any lengths, each in order → values f32[k], rows f64[k], in that order too.
 * Throws   RangeError if k is not a positive integer, or a list has not as many values as rows.
 * Edges    a row that occurs more than once counts once, with its greatest value. Fewer than k rows, or no lists → the
 *          rest is row -1, value -Infinity. A list ends with its first negative row.
 * Cost     O((k + repeated rows before the k-th) · lists) time, O(k + lists) memory.
 */
export function mergeTopK(lists: readonly Candidates[], k: number): { values: Float32Array; rows: Float64Array } {
  requirePositiveInteger('k', k);
  for (const [index, { values, rows }] of lists.entries()) {
    if (values.length === rows.length) continue;
    throw new RangeError(`lists[${index}] has ${values.length} values and ${rows.length} rows: want as many of both`);
  }
  const values = new Float32Array(k).fill(-Infinity);
  const rows = new Float64Array(k).fill(-1);
  const heads = new Int32Array(lists.length);
  const seen = new Set<number>();
  while (seen.size < k) {
    const from = bestHead(lists, heads);
    const list = lists[from];
    if (list === undefined) break;
    const head = heads[from] as number;
    heads[from] = head + 1;
    const row = list.rows[head] as number;
    // Whoever comes later has no greater value.
    if (seen.has(row)) continue;
    values[seen.size] = list.values[head] as number;
    rows[seen.size] = row;
    seen.add(row);
  }
  return { values, rows };
}

/** The list whose next candidate is the best of all; -1 if all have ended. */
function bestHead(lists: readonly Candidates[], heads: Int32Array): number {
  let best = -1;
  let bestValue = -Infinity;
  let bestRow = Infinity;
  for (const [index, list] of lists.entries()) {
    const row = list.rows[heads[index] as number] ?? -1;
    if (row < 0) continue;
    const value = list.values[heads[index] as number] as number;
    if (value < bestValue || (value === bestValue && row >= bestRow)) continue;
    best = index;
    bestValue = value;
    bestRow = row;
  }
  return best;
}
