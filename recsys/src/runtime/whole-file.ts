/** Reads and writes whole files of numbers, without a limit of 2 GiB, as views of one buffer. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { type Numbers, readAt, writeAt } from './moved-bytes.js';

/** Fills `values` from the file's beginning. @throws Error if the file is shorter. */
export async function readNumbers<T extends Numbers>(folder: string, file: string, values: T): Promise<T> {
  const handle = await open(join(folder, file), 'r');
  try {
    await readAt(handle, values, 0);
    return values;
  } finally {
    await handle.close();
  }
}

/** Makes the file anew with `values`. */
export async function writeNumbers(folder: string, file: string, values: Numbers): Promise<void> {
  const handle = await open(join(folder, file), 'w', 0o600);
  try {
    await writeAt(handle, values, 0);
  } finally {
    await handle.close();
  }
}
