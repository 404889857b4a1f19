/** Writes the rows of a corpus that were not removed as one part. */
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { type Manifest, partFiles } from './manifest.js';

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
    let firstRow = 0;
    try {
      for (const part of manifest.parts) {
        const source = join(part.from ?? folder, partFiles(manifest, part)[index]?.file ?? '');
        await copyKept(source, to, removed.subarray(firstRow, firstRow + part.rows), rowBytes, pause);
        firstRow += part.rows;
      }
      await to.sync(); // those that it replaces are removed then
    } finally {
      await to.close();
    }
  }
}

async function copyKept(
  source: string,
  to: FileHandle,
  removed: Uint8Array,
  rowBytes: number,
  pause: () => Promise<void>
): Promise<void> {
  const from = await open(source, 'r');
  try {
    for (const run of runs(removed, Math.max(1, Math.floor(STEP_BYTES / rowBytes)))) {
      await pause();
      const buffer = Buffer.alloc(run.rows * rowBytes);
      await whole(buffer, (done, length) =>
        from.read(buffer, done, length, run.first * rowBytes + done).then(({ bytesRead }) => bytesRead)
      );
      await whole(buffer, (done, length) => to.write(buffer, done, length).then(({ bytesWritten }) => bytesWritten));
    }
  } finally {
    await from.close();
  }
}

/** The system may move fewer bytes than it was asked to. */
async function whole(buffer: Buffer, move: (done: number, length: number) => Promise<number>): Promise<void> {
  for (let done = 0; done < buffer.length;) {
    const moved = await move(done, buffer.length - done);
    if (moved === 0) throw new Error('a file of the corpus is shorter than it has to be');
    done += moved;
  }
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
