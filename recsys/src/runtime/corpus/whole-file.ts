/** Reads and writes whole files of numbers, without a limit of 2 GiB, as views of one buffer. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';

type Numbers = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;

/** Fills `values` from the file's beginning. @throws Error if the file is shorter. */
export async function readNumbers<T extends Numbers>(folder: string, file: string, values: T, from = 0): Promise<T> {
  const handle = await open(join(folder, file), 'r');
  try {
    await transfer(values, (bytes, offset) =>
      handle.read(bytes, 0, bytes.length, from + offset).then(done => done.bytesRead)
    );
    return values;
  } finally {
    await handle.close();
  }
}

/** Makes the file anew with `values`. */
export async function writeNumbers(folder: string, file: string, values: Numbers): Promise<void> {
  const handle = await open(join(folder, file), 'w', 0o600);
  try {
    await transfer(values, (bytes, offset) =>
      handle.write(bytes, 0, bytes.length, offset).then(done => done.bytesWritten)
    );
  } finally {
    await handle.close();
  }
}

const MOST_BYTES = 2 ** 26;

async function transfer(values: Numbers, move: (bytes: Uint8Array, offset: number) => Promise<number>): Promise<void> {
  let done = 0;
  while (done < values.byteLength) {
    const length = Math.min(MOST_BYTES, values.byteLength - done);
    const moved = await move(new Uint8Array(values.buffer, values.byteOffset + done, length), done);
    if (moved === 0) throw new Error('a file of the corpus is shorter than it has to be');
    done += moved;
  }
}
