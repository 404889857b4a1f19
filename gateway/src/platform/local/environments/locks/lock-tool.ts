/** Makes locks from whatever a person has, and reads those that a stranger may have written. */
import { readFile } from 'node:fs/promises';
import { LockCache } from './lock-cache.js';
import type { Lock } from './lock.js';
import { LockReader } from './lock-reader.js';
import { LockResolver } from './lock-resolver.js';
import type { ResolvableSource, ResolvedLock, ResolveOptions } from './resolving.js';
import { UvLockCommands } from './uv-lock-commands.js';

export interface LockToolOptions {
  readonly uvPath: string;
  /** What uv says of locks is kept in `locks/` in it. */
  readonly cacheFolder: string;
  /** What uv gets as its environment (`uvVariables`). */
  readonly variables: Readonly<Record<string, string>>;
  /** The lock of what a kernel needs besides the packages of an environment. */
  readonly kernelLockFile: string;
  /** After how long of reading one lock uv counts as hanging; default: 10 s. */
  readonly readWithinMs?: number | undefined;
}

export class LockTool {
  readonly #reader: LockReader;
  readonly #resolver: LockResolver;
  readonly #kernelLockFile: string;

  constructor(options: LockToolOptions) {
    const uv = new UvLockCommands(options);
    this.#reader = new LockReader(uv, new LockCache(options.cacheFolder), options.readWithinMs);
    this.#resolver = new LockResolver(uv, this.#reader);
    this.#kernelLockFile = options.kernelLockFile;
  }

  /**
   * Reads a `uv.lock`: nothing is fetched or executed.
   * @throws PlatformError `invalid-input` saying what is wrong and what would be right
   */
  async read(text: string): Promise<Lock> {
    return this.#reader.read(text);
  }

  /** Ends the reading of locks. */
  async close(): Promise<void> {
    await this.#reader.close();
  }

  /** The lock of the kernel layer. */
  async kernelLayer(): Promise<Lock> {
    return this.#reader.read(await readFile(this.#kernelLockFile, 'utf8'));
  }

  /**
   * Makes a lock; may ask the index.
   * @throws PlatformError `invalid-input` saying what is wrong and what would be right; the signal's reason when aborted
   */
  async resolve(source: ResolvableSource, options: ResolveOptions): Promise<ResolvedLock> {
    return this.#resolver.resolve(source, options);
  }
}
