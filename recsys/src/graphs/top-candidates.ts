import type { GraphBuilder } from '../onnx/index.js';

/** Names of values: f32[B, k] and i64[B, k]. */
export interface BestRows {
  readonly values: string;
  readonly indices: string;
}

const TOP = { axis: { int: -1 }, largest: { int: 1 }, sorted: { int: 1 } };
/** ONNX's number of int32. */
const INT32 = 6;

/** Of scores f32[B, rows] the k best of each row. One TopK over it all: ONNX Runtime's kernel for CPUs is slower on small blocks. */
export function bestRows(g: GraphBuilder, scores: string, k: string): BestRows {
  const [values, indices] = g.node2('TopK', [scores, k], TOP);
  return { values, indices };
}

/** The best of the strips' best. Equal values stay in the order of the strips, and so of the rows. */
export function bestOfStrips(g: GraphBuilder, strips: readonly BestRows[], k: string): BestRows {
  const [only] = strips;
  if (only !== undefined && strips.length === 1) return only;
  const axis = { axis: { int: 1 } };
  const all = (names: readonly string[]): string => g.node('Concat', names, axis);
  const values = all(strips.map(strip => strip.values));
  const indices = all(strips.map(strip => strip.indices));
  const best = bestRows(g, values, k);
  return { values: best.values, indices: g.node('GatherElements', [indices, best.indices], axis) };
}

/** Ends a graph with values and rows, under names of their own where these are given; int32, since int64 reaches JavaScript as BigInt. */
export function outputBest(
  g: GraphBuilder,
  { values, indices }: BestRows,
  as?: { values: string; rows: string }
): void {
  const named = as === undefined ? values : g.node('Identity', [values], {}, { as: as.values });
  const rows = g.node('Cast', [indices], { to: { int: INT32 } }, as === undefined ? {} : { as: as.rows });
  g.output(named, 'float32', ['B', 'K']);
  g.output(rows, 'int32', ['B', 'K']);
}
