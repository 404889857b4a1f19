/** Looks through the items that a client has filled in, once: finite, normalised for `cosine`, squares kept for `l2`. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { type Metric, normaliseRows, squaredNorm } from '../../kernels/index.js';
import { invalid } from '../runtime-error.js';
import { itemSteps } from './item-steps.js';
import { itemsFile, normsFile } from './manifest.js';
import { writeAt } from '../moved-bytes.js';
import { writeNumbers } from '../whole-file.js';

const STEP_VALUES = 2 ** 22;

export interface UnsealedPart {
  readonly folder: string;
  readonly name: string;
  readonly rows: number;
  readonly dimensions: number;
  readonly metric: Metric;
}

/**
 * The largest norm of the items as they are searched. For `cosine` the file is written anew, row by row of length 1.
 *
 * @throws RuntimeError `invalid-input` with the first row that holds NaN or an infinity
 */
export async function sealItems(part: UnsealedPart, pause: () => Promise<void>): Promise<number> {
  const { folder, name, rows, dimensions, metric } = part;
  const squares = metric === 'l2' ? new Float32Array(rows) : undefined;
  const file = await open(join(folder, itemsFile(name)), 'r+');
  let most = 0;
  try {
    const all = { firstRow: 0, rows, dimensions };
    for await (const { items, start, position } of itemSteps(file, all, STEP_VALUES, pause)) {
      most = Math.max(most, largestSquare(items, dimensions, start, squares));
      if (metric !== 'cosine') continue;
      normaliseRows(items, dimensions);
      await writeAt(file, items, position);
    }
  } finally {
    await file.close();
  }
  if (squares !== undefined) await writeNumbers(folder, normsFile(name), squares);
  return metric === 'cosine' ? 1 + 2 ** -20 : Math.sqrt(most);
}

/** Of the rows' squared norms; kept, negative, in `squares` where that is given. */
function largestSquare(items: Float32Array, dimensions: number, firstRow: number, squares?: Float32Array): number {
  let most = 0;
  for (let start = 0, row = firstRow; start < items.length; start += dimensions, row += 1) {
    const square = squaredNorm(items, start, dimensions);
    if (!Number.isFinite(square)) {
      const axis = items.subarray(start, start + dimensions).findIndex(value => !Number.isFinite(value));
      throw invalid('items', `items[${row}, ${axis}] is ${items[start + axis]}: want finite numbers`);
    }
    if (square > most) most = square;
    if (squares !== undefined) squares[row] = -square;
  }
  return most;
}
