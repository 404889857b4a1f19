import { float32s, type Graph, GraphBuilder, int64s } from '../onnx/index.js';
import { floatItems } from './float-tile.js';
import type { ItemTile } from './item-tile.js';
import { bestRows, outputBest } from './top-candidates.js';

/** The widest K for which ONNX Runtime's CUDA provider has its quick TopK; more are looked for on the CPU. */
export const DEVICE_CANDIDATES = 256;
/** One block of rows is one row of the first TopK: many short ones keep a GPU busy where there is one query only. */
const BLOCK_ROWS = 16_384;
/** Scores of 32 queries take 512 MiB of the device's memory then, and as much again where they are filled up. */
const TILE_ROWS = 2 ** 22;

export const DEVICE_LIMITS = { tileRows: TILE_ROWS, stripRows: BLOCK_ROWS } as const;

/**
 * The best rows of one tile for each query, for the CUDA provider: constant K, TopK by blocks and of the blocks' best, no operator that it would
 * leave to the CPU, no control flow.
 *
 * Inputs   queries f32[B, d]; added f32[rows], or f32[1] for all alike: -Infinity leaves a row out.
 * Outputs  values f32[B, K] descending, rows i32[B, K] within the tile, K = min(256, rows). Equal values: in no stated order; where -Infinity
 *          is the value, the row means nothing.
 * Accuracy see `floatScanError`; needs multiplications in float32, not in TF32.
 * Cost     O(B · rows · d) time, B · rows · 8 bytes on the device beside the tile.
 */
export function deviceScan(tile: ItemTile, blockRows: number = BLOCK_ROWS): Graph {
  const { rows, dimensions } = tile;
  const g = new GraphBuilder('device-scan');
  const queries = g.input('queries', 'float32', ['B', dimensions]);
  const added = g.input('added', 'float32', ['A']);
  const items = g.initializer(floatItems(tile));
  const scores = g.node('Gemm', [queries, items, added], { transB: { int: 1 } });
  const k = Math.min(DEVICE_CANDIDATES, rows);
  const top = g.initializer(int64s('k', [k]));
  const named = { values: 'values', rows: 'rows' };
  if (rows <= blockRows) {
    outputBest(g, bestRows(g, scores, top), named);
    return g.build();
  }
  const blocks = Math.ceil(rows / blockRows);
  const padded = blocks * blockRows - rows;
  const nothing = g.initializer(float32s('nothing', [-Infinity], []));
  const whole =
    padded === 0 ? scores : g.node('Pad', [scores, g.initializer(int64s('padding', [0, 0, 0, padded])), nothing]);
  const reshape = (value: string, name: string, shape: readonly number[]): string =>
    g.node('Reshape', [value, g.initializer(int64s(name, shape))]);
  const inBlocks = bestRows(g, reshape(whole, 'block_shape', [-1, blockRows]), top);
  const firstRows = Array.from({ length: blocks }, (_, block) => block * blockRows);
  const starts = g.initializer(int64s('starts', firstRows, [1, blocks, 1]));
  const indices = g.node('Add', [reshape(inBlocks.indices, 'index_shape', [-1, blocks, k]), starts]);
  const best = bestRows(g, reshape(inBlocks.values, 'best_shape', [-1, blocks * k]), top);
  const found = g.node('GatherElements', [reshape(indices, 'best_shape', [-1, blocks * k]), best.indices], {
    axis: { int: 1 }
  });
  outputBest(g, { values: best.values, indices: found }, named);
  return g.build();
}
