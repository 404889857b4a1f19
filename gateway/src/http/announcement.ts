/** `gateway.json`: how the Jupyter server finds the gateway. It holds the token, so only its owner can read it. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../store/index.js';

export interface Announcement {
  readonly version: string;
  readonly pid: number;
  readonly socket: string;
  readonly token: string;
  readonly startedAtMs: number;
}

const FILE_NAME = 'gateway.json';

/** Readers see the old file or the whole new one, never a part. */
export async function announce(folder: string, announcement: Announcement): Promise<void> {
  await writeFileAtomic(join(folder, FILE_NAME), `${JSON.stringify(announcement, undefined, 2)}\n`);
}

/** Removes the file unless another gateway has written its own since. */
export async function withdraw(folder: string, pid: number): Promise<void> {
  const path = join(folder, FILE_NAME);
  try {
    const { pid: writer } = JSON.parse(await readFile(path, 'utf8')) as Partial<Announcement>;
    if (writer === pid) await rm(path, { force: true });
  } catch (error: unknown) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
