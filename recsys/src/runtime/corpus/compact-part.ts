/** Writes the rows of a corpus that were not removed as one part. */
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { type Manifest, partFiles } from './manifest.js';
import { readAt, writeAt } from '../moved-bytes.js';

const STEP_BYTES = 2 ** 24;

/** @param removed  u8[rows of the corpus]: 1 where a row is left out */
export async function compactPart(
  folder: string,
  manifest: Manifest,
  name: string,
  removed: Uint8Array,
  pause: () => Promise<void>
): Promise<void> {
  for (const [index, { file, bytes: rowBytes }] of partFiles(manifest, { name, rows: 1 }).entries()) {
    const to = await open(join(folder, file), 'w', 0o600);
    let [firstRow, written] = [0, 0];
    try {
      for (const part of manifest.parts) {
        const source = join(part.from ?? folder, partFiles(manifest, part)[index]?.file ?? '');
        const dropped = removed.subarray(firstRow, firstRow + part.rows);
        written = await copyKept(source, to, written, dropped, rowBytes, pause);
        firstRow += part.rows;
      }
      await to.sync(); // those that it replaces are removed then
    } finally {
      await to.close();
    }
  }
}

/** Copies to byte `written` of the file and on. @returns where the copy ends */
async function copyKept(
  source: string,
  to: FileHandle,
  written: number,
  removed: Uint8Array,
  rowBytes: number,
  pause: () => Promise<void>
): Promise<number> {
  const from = await open(source, 'r');
  let end = written;
  try {
    for (const run of runs(removed, Math.max(1, Math.floor(STEP_BYTES / rowBytes)))) {
      await pause();
      const kept = new Uint8Array(run.rows * rowBytes);
      await readAt(from, kept, run.first * rowBytes);
      await writeAt(to, kept, end);
      end += kept.length;
    }
  } finally {
    await from.close();
  }
  return end;
}

/** Rows that lie together and are kept, at most `most` at a time. */
function* runs(removed: Uint8Array, most: number): Generator<{ first: number; rows: number }> {
  let first = 0;
  while (first < removed.length) {
    if (removed[first] !== 0) {
      first += 1;
      continue;
    }
    let end = first + 1;
    while (end < removed.length && removed[end] === 0 && end - first < most) end += 1;
    yield { first, rows: end - first };
    first = end;
  }
}
