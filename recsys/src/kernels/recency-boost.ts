/** What freshness adds to a score: a weight that halves with each half-life since the time in a column. */
import type { ColumnKind } from './column.js';
import { isJsonObject, ProblemList } from './problem-list.js';
import type { FieldProblem } from './problem-list.js';

/** All times are in the unit of the column. */
export interface RecencyBoost {
  readonly halfLife: number;
  readonly weight: number;
  readonly now: number;
}

/** `recency` of docs/reference/recsys-protocol.md. */
export interface Recency extends RecencyBoost {
  readonly column: string;
}

const MAX_WEIGHT = (2 - 2 ** -23) * 2 ** 127;

/**
 * What keeps JSON from being a `recency` over the columns; [] if nothing does, and then it is a `Recency`.
 *
 * Shapes   json: what `JSON.parse` gave; columns: the kind of each → problems, 100 at most.
 * Throws   nothing, whatever the JSON is.
 * Edges    a weight beyond float32 is refused, for its boost would be infinite.
 */
export function recencyProblems(json: unknown, columns: Readonly<Record<string, ColumnKind>>): FieldProblem[] {
  const list = new ProblemList();
  if (!isJsonObject(json)) list.want('recency', json, 'an object with "column", "halfLife", "weight" and "now"');
  else if (list.wantKeys('recency', json, ['column', 'halfLife', 'weight', 'now'])) {
    const { column } = json;
    const known = typeof column === 'string' && Object.hasOwn(columns, column);
    if (!known || columns[column] !== 'number')
      list.want('recency.column', column, 'the name of a column of kind number');
    checkNumbers(list, 'recency', json);
  }
  return list.problems;
}

/**
 * The boost of each row: weight · 2^(−max(0, now − t) / halfLife).
 *
 * Shapes   values f64[rows], NaN where missing → f32[rows].
 * Units    values, halfLife and now share one; the boost has that of the scores.
 * Throws   RangeError if halfLife is not positive and finite, now not finite, or weight beyond float32.
 * Edges    t missing → 0. t after now → weight. Ages whose boost is too small for float32 → 0, or -0 for a weight < 0.
 * Accuracy the nearest float32 but for ties that float64 cannot tell: relative error ≤ 2⁻²⁴·(1 + 2⁻²⁰) above 2⁻¹²⁶.
 * Cost     O(rows) time, about 12 ns a row.
 */
export function recencyBoost(values: Float64Array, boost: RecencyBoost): Float32Array {
  const list = new ProblemList();
  checkNumbers(list, 'recency', { ...boost });
  const [problem] = list.problems;
  if (problem !== undefined) throw new RangeError(`${problem.field} ${problem.message}`);
  const { halfLife, weight, now } = boost;
  const boosts = new Float32Array(values.length);
  for (let row = 0; row < values.length; row += 1) {
    const age = now - (values[row] as number);
    // NaN, a missing time, is no age and keeps its 0.
    if (age > 0) boosts[row] = weight * Math.pow(2, -age / halfLife);
    else if (age <= 0) boosts[row] = weight;
  }
  return boosts;
}

function checkNumbers(list: ProblemList, field: string, json: Readonly<Record<string, unknown>>): void {
  const { halfLife, weight, now } = json;
  const isPositive = typeof halfLife === 'number' && halfLife > 0 && Number.isFinite(halfLife);
  if (!isPositive) list.want(`${field}.halfLife`, halfLife, 'a positive finite number');
  const fits = typeof weight === 'number' && Math.abs(weight) <= MAX_WEIGHT;
  if (!fits) list.want(`${field}.weight`, weight, 'a number that float32 can hold');
  if (!Number.isFinite(now)) list.want(`${field}.now`, now, 'a finite number');
}
