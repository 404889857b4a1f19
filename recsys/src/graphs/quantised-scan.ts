import { type Graph, GraphBuilder } from '../onnx/index.js';
import type { QuantisedTile } from './item-tile.js';
import { bestRows, outputBest } from './top-candidates.js';

const SCALE_BYTES = 4;
/** Multiply in 8 bits: the query is rounded too. */
const INT8_ACCURACY = 4;

/**
 * The best rows of one tile for each query, by inner products of 8-bit numbers.
 *
 * Inputs   queries f32[B, d], rounded by `quantiseQuery`, so that the kernel's own rounding changes nothing; k i64[1], at most the tile's rows;
 *          added f32[rows]: -Infinity leaves a row out.
 * Outputs  values f32[B, k] descending, rows i32[B, k] within the tile.
 * Accuracy see `quantisedScanError`.
 * Cost     reads a quarter of the bytes of a scan in float32, which is what counts for few queries; for many it is no faster.
 */
export function quantisedScan(tile: QuantisedTile): Graph {
  const { file, scaleFile, firstRow, rows, block, blocks, dimensions } = tile;
  const g = new GraphBuilder('quantised-scan');
  const queries = g.input('queries', 'float32', ['B', dimensions]);
  const k = g.input('k', 'int64', [1]);
  const added = g.input('added', 'float32', [rows]);
  const rowBytes = block * blocks;
  const items = g.initializer({
    name: 'items',
    type: 'uint8',
    shape: [rows, blocks, block],
    data: { file, offset: firstRow * rowBytes, length: rows * rowBytes }
  });
  const scales = g.initializer({
    name: 'scales',
    type: 'float32',
    shape: [rows * blocks],
    data: { file: scaleFile, offset: firstRow * blocks * SCALE_BYTES, length: rows * blocks * SCALE_BYTES }
  });
  const attributes = {
    K: { int: dimensions },
    N: { int: rows },
    bits: { int: 8 },
    block_size: { int: block },
    accuracy_level: { int: INT8_ACCURACY }
  };
  const products = g.node('MatMulNBits', [queries, items, scales], attributes, { domain: 'com.microsoft' });
  const best = bestRows(g, g.node('Add', [products, added]), k);
  outputBest(g, best, { values: 'values', rows: 'rows' });
  return g.build();
}
