/** A small scan whose answers are known: whoever gets it wrong scans nothing. */
import { Tensor } from 'onnxruntime-node';
import { deviceScan } from '../../graphs/index.js';
import { floatScanError } from '../../kernels/index.js';
import { createSession, type Device } from './create-session.js';

/** Two blocks and a half, so that blocks and padding are there. */
const [ROWS, D, BLOCK_ROWS] = [640, 64, 256];
const LEFT = 10;

/** Not round in few bits: a product in TF32 is off by far more than one in float32 may be. */
export const PROBE_ITEMS = Float32Array.from({ length: ROWS * D }, (_, index) => Math.sin(index * 0.7 + 1));
const QUERY = Float32Array.from({ length: D }, (_, axis) => Math.cos(axis * 1.3 + 2));

/**
 * Scans all rows, and then the last few, the others left out.
 *
 * @param file  in `folder`, with the bytes of PROBE_ITEMS
 * @returns what is wrong; undefined: nothing
 * @throws what ONNX Runtime throws, where it cannot load or run the graph
 */
export async function deviceProblem(folder: string, file: string, provider: Device): Promise<string | undefined> {
  const graph = deviceScan({ file, firstRow: 0, rows: ROWS, dimensions: D }, BLOCK_ROWS);
  const session = await createSession(graph, folder, 1, { provider });
  try {
    for (const kept of [ROWS, LEFT]) {
      const added = Float32Array.from({ length: ROWS }, (_, row) => (row < ROWS - kept ? -Infinity : 0));
      const { values, rows } = await session.run({
        queries: new Tensor('float32', QUERY, [1, D]),
        added: new Tensor('float32', added, [ROWS])
      });
      const problem = wrong(values?.data as Float32Array, rows?.data as Int32Array, kept);
      if (problem !== undefined) return problem;
    }
    return undefined;
  } finally {
    await session.release();
  }
}

/** Whether values are those of their rows within the bound, and no better row is missing. */
function wrong(values: Float32Array, rows: Int32Array, kept: number): string | undefined {
  const scores = Array.from({ length: ROWS }, (_, row) => scoreOf(row));
  const magnitudes = { dimensions: D, queryNorm: Math.sqrt(D), maxItemNorm: Math.sqrt(D), maxAdded: 0 };
  const error = floatScanError(magnitudes);
  const best = scores.slice(ROWS - kept).sort((a, b) => b - a);
  for (let place = 0; place < Math.min(kept, values.length); place += 1) {
    const value = values[place] ?? NaN;
    const off = Math.max(Math.abs(value - (scores[rows[place] ?? -1] ?? NaN)), Math.abs(value - (best[place] ?? NaN)));
    if (!(off <= error)) return `a scan of known numbers is off by ${off}, more than ${error.toExponential(1)}`;
  }
  return undefined;
}

function scoreOf(row: number): number {
  return QUERY.reduce((sum, value, axis) => sum + value * (PROBE_ITEMS[row * D + axis] ?? NaN), 0);
}
