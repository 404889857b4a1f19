/**
 * Contents of files, each stored once under its sha256. A blob appears by a rename, so it is either whole or absent;
 * one that a power cut shortened is recognised by its size and written again.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, copyFile, lstat, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makePrivateFolder, removeLeftovers, syncFile, withTemporary } from '../store/index.js';

export interface Blob {
  readonly sha256: string;
  readonly bytes: number;
}

const COPY = constants.COPYFILE_FICLONE;
const PIECE_BYTES = 1024 * 1024;

/**
 * The sha256 and size of what the file holds now: no further than its size at this moment, since a log that grows as
 * fast as it is read has no end.
 */
export async function hashFile(path: string, signal?: AbortSignal): Promise<Blob> {
  const hash = createHash('sha256');
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { size } = await file.stat();
    const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(size, PIECE_BYTES)));
    let bytes = 0;
    while (bytes < size) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, size - bytes), bytes);
      if (bytesRead === 0) break;
      hash.update(buffer.subarray(0, bytesRead));
      bytes += bytesRead;
    }
    return { sha256: hash.digest('hex'), bytes };
  } finally {
    await file.close();
  }
}

export class BlobStore {
  readonly #folder: string;
  /** Removals that have begun: a blob must not be counted on while its file is about to go. */
  readonly #removing = new Map<string, Promise<void>>();

  /** @param folder private to this store; made by {@link BlobStore.prepare} */
  constructor(folder: string) {
    this.#folder = folder;
  }

  async prepare(): Promise<void> {
    await makePrivateFolder(this.#folder);
  }

  path(sha256: string): string {
    return join(this.#folder, sha256.slice(0, 2), sha256);
  }

  async has(blob: Blob): Promise<boolean> {
    const seen = await stat(this.path(blob.sha256)).catch(() => undefined);
    return seen?.size === blob.bytes;
  }

  /**
   * Stores what the file holds now. When it keeps changing, the copy is what some reader would have seen; `changed` says so.
   * @param pin called with each name before the blob of that name is counted on
   */
  async put(source: string, pin: (sha256: string) => void, signal?: AbortSignal): Promise<Blob & { changed: boolean }> {
    for (let attempt = 1; ; attempt += 1) {
      const blob = await hashFile(source, signal);
      pin(blob.sha256);
      await this.#removing.get(blob.sha256);
      if (await this.has(blob)) return { ...blob, changed: false };
      const copied = await this.#copy(source, attempt === 1 ? blob.sha256 : undefined, pin, signal);
      if (copied !== undefined) return { ...copied, changed: copied.sha256 !== blob.sha256 };
    }
  }

  /** @param want only a copy of this content is kept; undefined: whatever comes. */
  async #copy(
    source: string,
    want: string | undefined,
    pin: (sha256: string) => void,
    signal?: AbortSignal
  ): Promise<Blob | undefined> {
    return withTemporary(join(this.#folder, 'copy'), async temporary => {
      if (!(await lstat(source)).isFile())
        throw Object.assign(new Error(`${source} is no file any more`), { code: 'ENOENT' });
      await copyFile(source, temporary, COPY);
      const copied = await hashFile(temporary, signal);
      if (want !== undefined && copied.sha256 !== want) return undefined;
      pin(copied.sha256);
      await this.#removing.get(copied.sha256);
      await chmod(temporary, 0o400);
      await syncFile(temporary); // the manifest that names it is durable too
      const path = this.path(copied.sha256);
      await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
      await rename(temporary, path);
      return copied;
    });
  }

  /** Removes every blob that `isNeeded` does not claim, and what killed writers left; returns how many blobs. */
  async sweep(isNeeded: (sha256: string) => boolean): Promise<number> {
    await removeLeftovers(this.#folder);
    let removed = 0;
    for (const shelf of await readdir(this.#folder, { withFileTypes: true })) {
      if (!shelf.isDirectory()) continue;
      for (const name of await readdir(join(this.#folder, shelf.name))) {
        if (isNeeded(name)) continue;
        const removal = rm(join(this.#folder, shelf.name, name), { force: true });
        this.#removing.set(name, removal);
        await removal.finally(() => this.#removing.delete(name));
        removed += 1;
      }
    }
    return removed;
  }
}
