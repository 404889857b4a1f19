/** What each query of a batch does not want to see; see `excludeIds` in docs/reference/recsys-protocol.md. */
import type { Ids } from './id-index.js';
import type { Candidates } from './merge-candidates.js';
import { ProblemList } from './problem-list.js';
import type { FieldProblem } from './problem-list.js';

/** Knows the row of each id, -1 where it is unknown: an `IdIndex`, or several behind one face. */
export interface RowFinder {
  rowsOf(ids: Ids): Int32Array;
}

/**
 * What keeps offsets from dividing `idCount` ids among the queries; [] if nothing does.
 *
 * Shapes   offsets i64[B + 1] or f64[B + 1]: query b has ids offsets[b] … offsets[b + 1] → at most one problem.
 * Throws   nothing.
 * Edges    equal offsets are right: such a query excludes nothing.
 * Cost     O(B) time.
 */
export function exclusionProblems(offsets: Ids, idCount: number, queries: number): FieldProblem[] {
  const list = new ProblemList();
  if (offsets.length !== queries + 1) {
    list.report('excludeOffsets', `has ${offsets.length} values: want one more than the ${queries} queries`);
    return list.problems;
  }
  let before = 0;
  for (let index = 0; index <= queries; index += 1) {
    const offset = Number(offsets[index]);
    const most = index === 0 ? 0 : idCount;
    if (!Number.isInteger(offset) || offset < before || offset > most) {
      const wanted = before === most ? `${most}` : `an integer from ${before} to ${most}`;
      list.want(`excludeOffsets[${index}]`, offset, wanted);
      return list.problems;
    }
    before = offset;
  }
  if (before !== idCount) list.want(`excludeOffsets[${queries}]`, before, `${idCount}, the number of ids`);
  return list.problems;
}

/**
 * The rows that each query excludes, for `dropExcluded`.
 *
 * Shapes   offsets as in `exclusionProblems`, which found none; ids of either type → B lists, ascending and distinct.
 * Throws   RangeError if offsets do not divide the ids.
 * Edges    unknown ids are left out.
 * Cost     O(E log E) time, O(E) memory for E ids.
 */
export function excludedRows(offsets: Ids, ids: Ids, finder: RowFinder): Int32Array[] {
  const [problem] = exclusionProblems(offsets, ids.length, Math.max(0, offsets.length - 1));
  if (problem !== undefined) throw new RangeError(`${problem.field} ${problem.message}`);
  const rows = finder.rowsOf(ids);
  return Array.from({ length: offsets.length - 1 }, (_, query) =>
    ascending(rows.slice(Number(offsets[query]), Number(offsets[query + 1])))
  );
}

/** Sorts in place; without what is negative or there before. */
function ascending(rows: Int32Array): Int32Array {
  rows.sort();
  let kept = 0;
  for (const row of rows) {
    if (row < 0 || (kept > 0 && rows[kept - 1] === row)) continue;
    rows[kept] = row;
    kept += 1;
  }
  return rows.subarray(0, kept);
}

/**
 * The candidates that are not excluded, in their order.
 *
 * Shapes   candidates of n rows; excluded i32[E], ascending, from `excludedRows` → as many as were given: behind those
 *          that are left row -1 and value -Infinity. The candidates are not written.
 * Edges    nothing excluded → the candidates themselves.
 * Cost     O(n log E) time, O(n) memory.
 */
export function dropExcluded(candidates: Candidates, excluded: Int32Array): Candidates {
  if (excluded.length === 0) return candidates;
  const values = new Float32Array(candidates.values.length).fill(-Infinity);
  const rows = candidates.rows.slice().fill(-1);
  let kept = 0;
  for (let index = 0; index < rows.length; index += 1) {
    const row = candidates.rows[index] as number;
    if (row < 0 || isExcluded(excluded, row)) continue;
    values[kept] = candidates.values[index] as number;
    rows[kept] = row;
    kept += 1;
  }
  return { values, rows };
}

/** Whether ascending rows contain one. Cost O(log E). */
export function isExcluded(excluded: Int32Array, row: number): boolean {
  let low = 0;
  let high = excluded.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((excluded[middle] as number) < row) low = middle + 1;
    else high = middle;
  }
  return excluded[low] === row;
}
