/** Reads locks: what their text says, and what uv says that it means. Nothing is fetched, and nothing in them is run. */
import { createHash } from 'node:crypto';
import { PlatformError } from '../../../../contract/index.js';
import { asUvHangs } from '../uv-hangs.js';
import type { Lock } from './lock.js';
import type { LockCache } from './lock-cache.js';
import { lockHash } from './lock-hash.js';
import { readUvLock } from './read-uv-lock.js';
import { parseLock } from './requirements-text.js';
import { fileHashes, type UvLock } from './uv-lock.js';
import type { UvLockCommands } from './uv-lock-commands.js';
import { writeUvLock } from './write-uv-lock.js';

/** Reading takes a part of a second; uv hangs if it takes this long. */
const LONGEST_MS = 10_000;
/** Few notebooks are open at a time, and a lock is some MB. */
const MOST_KEPT = 50;

export class LockReader {
  readonly #uv: UvLockCommands;
  readonly #cache: LockCache;
  readonly #kept = new Map<string, Promise<Lock>>();
  readonly #closing = new AbortController();
  readonly #longestMs: number;
  #uvVersion: Promise<string> | undefined;

  constructor(uv: UvLockCommands, cache: LockCache, longestMs = LONGEST_MS) {
    this.#uv = uv;
    this.#cache = cache;
    this.#longestMs = longestMs;
  }

  /** @throws PlatformError `invalid-input` saying what is wrong with the text */
  async read(text: string): Promise<Lock> {
    const key = createHash('sha256').update(text).digest('hex');
    const lock = this.#kept.get(key) ?? this.#readAnew(text);
    this.#keep(key, lock);
    return lock;
  }

  /** @throws PlatformError `invalid-input` when uv does not understand it */
  async accept(uvLock: UvLock): Promise<Lock> {
    const text = writeUvLock(uvLock);
    const exported = await this.#exported(text, uvLock);
    const packages = parseLock(exported);
    return {
      text,
      lockHash: lockHash(packages),
      requiresPython: uvLock.requiresPython,
      packages,
      requested: [...new Set(uvLock.requirements.map(({ name }) => name))].sort(),
      exported
    };
  }

  /** Ends what uv does, and waits for it. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('the gateway ends'));
    await Promise.allSettled([this.#uvVersion, ...this.#kept.values()]);
  }

  async #readAnew(text: string): Promise<Lock> {
    return this.accept(readUvLock(text).lock);
  }

  /** The last used stay; what failed is tried anew the next time. */
  #keep(key: string, lock: Promise<Lock>): void {
    this.#kept.delete(key);
    this.#kept.set(key, lock);
    lock.catch(() => this.#kept.delete(key));
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
  }

  async #exported(text: string, uvLock: UvLock): Promise<string> {
    const signal = AbortSignal.any([AbortSignal.timeout(this.#longestMs), this.#closing.signal]);
    return this.#exportedWithin(text, uvLock, signal).catch((error: unknown) => {
      throw asUvHangs(error);
    });
  }

  async #exportedWithin(text: string, uvLock: UvLock, signal: AbortSignal): Promise<string> {
    this.#uvVersion ??= this.#uv.version(signal);
    const uvVersion = await this.#uvVersion.catch((error: unknown) => {
      this.#uvVersion = undefined;
      throw error;
    });
    const kept = await this.#cache.get(text, uvVersion);
    if (kept !== undefined && strangePackage(kept, uvLock) === undefined) return kept;
    const exported = await this.#uv.exported(text, signal);
    const strange = strangePackage(exported, uvLock);
    if (strange !== undefined) {
      const what = `The lock cannot be used: uv does not read ${strange} in it as it is written.`;
      throw new PlatformError('invalid-input', what);
    }
    await this.#cache.put(text, uvVersion, exported);
    return exported;
  }
}

/** The first package of an export that the lock does not have with just these files. */
function strangePackage(exported: string, uvLock: UvLock): string | undefined {
  // By its files, as uv may write the version in another way, such as 1.0rc1 for 1.0-rc1.
  const files = (name: string, hashes: readonly string[]): string => JSON.stringify([name, ...new Set(hashes)]);
  const known = new Set(uvLock.packages.map(each => files(each.name, fileHashes(each))));
  return parseLock(exported).find(({ name, hashes }) => !known.has(files(name, hashes)))?.name;
}
