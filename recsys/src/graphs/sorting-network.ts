import type { GraphBuilder } from '../onnx/index.js';

/**
 * Which two places are compared, one pair after the other, so that any list of this length ends up in order.
 *
 * Cost     about length · log²(length) / 4 pairs.
 * Source   Batcher's odd-even merge sort (1968) for the next power of two; what would lie beyond the end counts as already in order.
 */
export function sortingNetwork(length: number): (readonly [number, number])[] {
  const padded = 2 ** Math.ceil(Math.log2(Math.max(1, length)));
  return sorted(0, padded).filter(([, lower]) => lower < length);
}

function sorted(from: number, count: number): (readonly [number, number])[] {
  if (count < 2) return [];
  const half = count / 2;
  return [...sorted(from, half), ...sorted(from + half, half), ...merged(from, count, 1)];
}

/** Merges two halves of every `stride`-th place, each in order. */
function merged(from: number, count: number, stride: number): (readonly [number, number])[] {
  const next = 2 * stride;
  if (next >= count) return [[from, from + stride]];
  const between = Array.from({ length: count / next - 1 }, (_, index) => from + stride + index * next);
  return [
    ...merged(from, count, next),
    ...merged(from + stride, count, next),
    ...between.map(place => [place, place + stride] as const)
  ];
}

/**
 * Names of rows, each f32[1, people], in which every person's numbers descend. Columns are sorted by Max and Min of whole rows: no operator moves
 * single numbers.
 */
export function sortedRows(g: GraphBuilder, rows: readonly string[]): string[] {
  const names = [...rows];
  for (const [upper, lower] of sortingNetwork(rows.length)) {
    const both = [names[upper] ?? '', names[lower] ?? ''];
    names[upper] = g.node('Max', both);
    names[lower] = g.node('Min', both);
  }
  return names;
}
