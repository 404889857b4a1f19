/**
 * Keeps what uv says that a lock means, so that a lock is exported once per machine and version of uv. A file that does
 * not have the digest that it names is not used; whether its hashes are those of the lock is for the reader to check.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makePrivateFolder, writeFileAtomic } from '../../../../store/index.js';

export class LockCache {
  readonly #folder: string;

  constructor(cacheFolder: string) {
    this.#folder = join(cacheFolder, 'locks');
  }

  /** Undefined when it is not there, or is not what was put there. */
  async get(lock: string, uvVersion: string): Promise<string | undefined> {
    try {
      const text = await readFile(this.#path(lock, uvVersion), 'utf8');
      const exported = text.slice(text.indexOf('\n') + 1);
      return text === sealed(exported) ? exported : undefined;
    } catch {
      // Not there, or not to be read: then uv says it again.
      return undefined;
    }
  }

  async put(lock: string, uvVersion: string, exported: string): Promise<void> {
    try {
      await makePrivateFolder(this.#folder);
      await writeFileAtomic(this.#path(lock, uvVersion), sealed(exported));
    } catch {
      // A full or read-only disk is no reason not to read a lock: it only costs asking uv again.
    }
  }

  #path(lock: string, uvVersion: string): string {
    return join(this.#folder, `${sha256(`${uvVersion}\n${lock}`)}.txt`);
  }
}

function sealed(exported: string): string {
  return `${sha256(exported)}\n${exported}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
