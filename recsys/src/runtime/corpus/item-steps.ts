import type { FileHandle } from 'node:fs/promises';
import { readAt } from '../moved-bytes.js';

const FLOAT_BYTES = 4;

/** Rows of a file of items. */
export interface ItemRows {
  readonly firstRow: number;
  readonly rows: number;
  readonly dimensions: number;
}

export interface ItemStep {
  /** f32[rows · d], in memory that the next step uses again. */
  readonly items: Float32Array;
  /** Of the step, counted from the first of the rows asked for. */
  readonly start: number;
  readonly rows: number;
  /** Where the items lie in the file, in bytes. */
  readonly position: number;
}

/** Goes through rows of a file in steps of about so many numbers; `pause` comes before each, and ends it by throwing. */
export async function* itemSteps(
  file: FileHandle,
  { firstRow, rows, dimensions }: ItemRows,
  stepValues: number,
  pause: () => Promise<void>
): AsyncGenerator<ItemStep> {
  const stepRows = Math.min(rows, Math.max(1, Math.floor(stepValues / dimensions)));
  const buffer = new Float32Array(stepRows * dimensions);
  for (let start = 0; start < rows; start += stepRows) {
    await pause();
    const count = Math.min(stepRows, rows - start);
    const items = buffer.subarray(0, count * dimensions);
    const position = (firstRow + start) * dimensions * FLOAT_BYTES;
    await readAt(file, items, position);
    yield { items, start, rows: count, position };
  }
}
