/**
 * Finds out at the start what the environments are and which of them are ready. Nobody waits long for it, since it takes uv:
 * one that hangs must not keep Jupyter from what needs no environment. What uv did not tell is asked again.
 */
import type { PlatformLog } from '../ports.js';
import { type Entry, manifestOf, sentenceOf } from './environment-entry.js';
import type { EnvironmentMaker } from './environment-maker.js';
import { removeDeadKernelspecs } from './kernelspec.js';
import { isUvHangs } from './uv-hangs.js';

export interface ReaderOptions {
  readonly maker: EnvironmentMaker;
  readonly kernelsFolder: string;
  readonly log: PlatformLog;
  /** More is known of it, or why it cannot be read. */
  readonly onEnd: (entry: Entry) => Promise<void>;
}

/** Definitions that are read at the same time: each takes a process of uv. */
const AT_ONCE = 4;
const LONGEST_MS = 30_000;

export class EnvironmentReader {
  readonly #options: ReaderOptions;
  readonly #closing = new AbortController();
  #reading: Promise<void> | undefined;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  /** Never rejects: what is wrong with one is its own trouble. */
  readAll(entries: readonly Entry[]): Promise<void> {
    for (const entry of entries) entry.isUnread = true;
    return this.again(entries);
  }

  /** Reads those that uv did not tell of, unless that is being done. */
  again(entries: Iterable<Entry>): Promise<void> {
    const unread = [...entries].filter(each => each.isUnread && each.creation === undefined);
    if (unread.length === 0) return this.#reading ?? Promise.resolve();
    this.#reading ??= this.#readAll(unread).finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the gateway ends'));
    await this.#reading;
  }

  async #readAll(entries: readonly Entry[]): Promise<void> {
    for (let from = 0; from < entries.length && !this.#closing.signal.aborted; from += AT_ONCE) {
      await Promise.all(entries.slice(from, from + AT_ONCE).map(entry => this.#read(entry)));
    }
    try {
      await removeDeadKernelspecs(this.#options.kernelsFolder);
    } catch (error: unknown) {
      this.#options.log.warn('old kernelspecs cannot be removed', { error });
    }
  }

  async #read(entry: Entry): Promise<void> {
    const { maker, log, onEnd } = this.#options;
    try {
      const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(LONGEST_MS)]);
      const { definition } = await entry.obtain({ signal, onProgress: () => undefined });
      entry.definition ??= definition;
      entry.isUnread = false;
      entry.failure = '';
      const manifest = await manifestOf(entry);
      if (manifest !== undefined) await maker.offerKernel(entry, manifest.kernelLayer);
      if (manifest !== undefined && !this.#closing.signal.aborted) maker.look(entry);
    } catch (error: unknown) {
      if (this.#closing.signal.aborted) return;
      entry.isUnread = isUvHangs(error);
      entry.failure = `${sentenceOf(error)}${entry.isUnread ? '. It is asked again in a moment.' : ''}`;
      log.warn('environment cannot be read', { environment: entry.name, problem: entry.failure });
    }
    await onEnd(entry);
  }
}
