/** Hashes of the files of a folder that is set up as an index (find-links): uv's lock names these by path, without hash. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { filesWithoutHash } from './read-uv-lock.js';

/**
 * By path, such as `sha256:ab…`. Only for a lock that uv has just made: in any other the paths are somebody else's.
 * @param folder where the lock lies
 */
export async function localHashes(lock: string, folder: string): Promise<ReadonlyMap<string, string>> {
  const hashes = new Map<string, string>();
  for (const path of filesWithoutHash(lock)) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(resolve(folder, path)), hash);
    hashes.set(path, `sha256:${hash.digest('hex')}`);
  }
  return hashes;
}
