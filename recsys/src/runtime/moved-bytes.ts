import type { FileHandle } from 'node:fs/promises';

/** So much is asked of the system at a time: some of them move no more than 2 GiB. */
const MOST_BYTES = 2 ** 26;

/** Numbers in memory, or bytes. */
export type Numbers = Float32Array | Float64Array | Int32Array | Uint32Array | Uint16Array | BigInt64Array | Uint8Array;

/** Fills `values` from byte `position` of the file on. @throws Error if the file is shorter */
export function readAt(file: FileHandle, values: Numbers, position: number): Promise<void> {
  return moveAll(values, (bytes, done) =>
    file.read(bytes, 0, bytes.length, position + done).then(({ bytesRead }) => bytesRead)
  );
}

/** Writes `values` from byte `position` of the file on. */
export function writeAt(file: FileHandle, values: Numbers, position: number): Promise<void> {
  return moveAll(values, (bytes, done) =>
    file.write(bytes, 0, bytes.length, position + done).then(({ bytesWritten }) => bytesWritten)
  );
}

/** The system may move fewer bytes than it was asked to. */
async function moveAll(values: Numbers, move: (bytes: Uint8Array, done: number) => Promise<number>): Promise<void> {
  let done = 0;
  while (done < values.byteLength) {
    const length = Math.min(MOST_BYTES, values.byteLength - done);
    const moved = await move(new Uint8Array(values.buffer, values.byteOffset + done, length), done);
    if (moved === 0) throw new Error('a file is shorter than it has to be');
    done += moved;
  }
}
