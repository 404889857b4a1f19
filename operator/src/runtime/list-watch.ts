/**
 * Fills a cache with what the API server has, and keeps it so through whatever happens to server, network and etcd.
 *
 *   list, in pages → watch from the list's version → watch again from the last version seen, when the server ends it or it breaks
 *                 ↖ again, when that version is too old (410), is ahead of the server, or the events are out of order
 *
 * A server whose etcd was restored from an older snapshot says nothing to a watch from a version that it has not reached: before
 * each resumption one object is listed, for which the server has to be at least that far. It may also have run past the version
 * meanwhile, and then nothing tells; so after an outage everything is listed anew, soon, but not by all at once.
 */
import type { ApiClient, WatchEvent } from './api-client.js';
import { isAheadOfServer, isApiError, isExpired } from './api-error.js';
import { type Clock, delay } from './clock.js';
import type { Log } from './log.js';
import type { ObjectCache, Packed } from './object-cache.js';
import { type ApiObject, isOlderVersion } from './resource.js';

const PAGE = 500;
/** Chosen at random between them, so that not all watches of a cluster end at once. */
const SHORTEST_WATCH_S = 240;
const LONGEST_WATCH_S = 480;
/** Every object is announced again after about so long. */
const RESYNC_MS = 600_000;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 10_000;
/** By a server that is busy, at most. */
const LONGEST_ASKED_MS = 30_000;
/** Once a watch works again, it is doubted for so long at most. */
const LONGEST_DOUBT_MS = 60_000;
/** A watch that stands for so long works: what went wrong before it is over. One that ends sooner would make a busy loop. */
const STEADY_MS = 5_000;

/** What is counted; `resource` is the plural. */
export interface ListWatchMetrics {
  listed(resource: string, objects: number): void;
  watchEnded(resource: string, why: 'ended' | 'expired' | 'failed'): void;
}

export interface ListWatchOptions {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: ListWatchMetrics;
}

/** What the server says does not follow from what it said before. */
class OutOfStep extends Error {}

export class ListWatch<T extends ApiObject> {
  private mustList = true;
  /** Nothing that happened since the last list could have been kept from us. */
  private isTrusted = false;
  private failures = 0;
  private outageSinceMs: number | undefined;
  /** When it last did something, by the clock: never longer ago than a watch may last, nine minutes, unless it is stuck. */
  lastActiveMs: number;
  /** Ends the present watch for a reason of our own. */
  private interruption = new AbortController();

  private readonly client: Pick<ApiClient, 'list' | 'watch'>;
  private readonly cache: ObjectCache<T>;
  private readonly options: ListWatchOptions;

  constructor(client: Pick<ApiClient, 'list' | 'watch'>, cache: ObjectCache<T>, options: ListWatchOptions) {
    this.client = client;
    this.cache = cache;
    this.options = options;
    this.lastActiveMs = options.clock.now();
  }

  /** Returns when the signal is aborted, never before, and never throws. */
  async run(signal: AbortSignal): Promise<void> {
    const resyncs = this.keepResyncing(signal);
    while (!signal.aborted) {
      this.interruption = new AbortController();
      const either = AbortSignal.any([signal, this.interruption.signal]);
      try {
        await this.follow(either);
      } catch (error) {
        if (!either.aborted) await this.recover(error, signal);
      }
    }
    await resyncs;
  }

  /** From where we are to the end of one watch. */
  private async follow(signal: AbortSignal): Promise<void> {
    const { version } = this.cache;
    await (this.mustList || version === undefined ? this.list(signal) : this.checkServer(version, signal));
    await this.watch(signal);
  }

  private async list(signal: AbortSignal): Promise<void> {
    const { resource, labelSelector } = this.cache;
    const found: Packed[] = [];
    let version: string | undefined;
    let continueToken: string | undefined;
    do {
      const page = await this.client.list<T>(resource, { labelSelector, limit: PAGE, continueToken, signal });
      this.touch();
      // The first page's version is the oldest: what the watch then says twice does no harm.
      version ??= page.resourceVersion;
      found.push(...this.cache.pack(page.items));
      continueToken = page.continueToken;
    } while (continueToken !== undefined);
    this.mustList = false;
    this.isTrusted = true;
    this.options.metrics.listed(resource.plural, found.length);
    this.cache.replaceAll(found, version);
  }

  private async checkServer(version: string, signal: AbortSignal): Promise<void> {
    const options = { limit: 1, resourceVersion: version, signal };
    const { resourceVersion } = await this.client.list(this.cache.resource, options);
    this.touch();
    if (isOlderVersion(resourceVersion, version)) throw new OutOfStep('the server is behind what it has said before');
  }

  private async watch(signal: AbortSignal): Promise<void> {
    const { resource, labelSelector, version: begunAt = '' } = this.cache;
    const { clock, random } = this.options;
    const timeoutS = Math.round(SHORTEST_WATCH_S + random() * (LONGEST_WATCH_S - SHORTEST_WATCH_S));
    const begunMs = clock.now();
    const options = { labelSelector, resourceVersion: begunAt, timeoutS, signal };
    for await (const event of this.client.watch<T>(resource, options)) {
      this.touch();
      if (this.lastActiveMs - begunMs >= STEADY_MS) this.endOutage(begunMs, signal);
      this.take(event, begunAt);
    }
    if (clock.now() - begunMs < STEADY_MS) throw new Error('the server ended a watch at once');
    this.endOutage(begunMs, signal);
    this.options.metrics.watchEnded(resource.plural, 'ended');
  }

  private take({ type, object }: WatchEvent<T>, begunAt: string): void {
    const { resourceVersion = '' } = object.metadata;
    if (isOlderVersion(resourceVersion, begunAt)) throw new OutOfStep('an event is older than its watch');
    const outcome = type === 'BOOKMARK' ? this.cache.advance(resourceVersion) : this.cache.apply(type, object);
    if (outcome === 'doubtful') throw new OutOfStep('an event is older than those before it');
  }

  /** Waits until it is time for the next attempt. One line in the log for an outage, however many attempts it takes. */
  private async recover(error: unknown, signal: AbortSignal): Promise<void> {
    const { clock, random, log, metrics } = this.options;
    const resource = this.cache.resource.plural;
    metrics.watchEnded(resource, isExpired(error) ? 'expired' : 'failed');
    this.mustList ||= isVersionRefused(error);
    this.isTrusted = false;
    if (this.outageSinceMs === undefined && (this.failures > 0 || !isExpired(error))) {
      this.outageSinceMs = clock.now();
      log.warn('a watch is interrupted', { resource, error });
    }
    const backoffMs = Math.min(FIRST_RETRY_MS * 2 ** this.failures, LONGEST_RETRY_MS) * (0.5 + random() / 2);
    const askedMs = isApiError(error) ? Math.min(error.retryAfterMs ?? 0, LONGEST_ASKED_MS) : 0;
    this.failures += 1;
    await delay(clock, Math.max(backoffMs, askedMs), signal);
    this.touch();
  }

  private endOutage(atMs: number, signal: AbortSignal): void {
    const { clock, random, log } = this.options;
    this.failures = 0;
    if (this.outageSinceMs === undefined) return;
    const forMs = Math.round(atMs - this.outageSinceMs);
    this.outageSinceMs = undefined;
    log.info('a watch is back', { resource: this.cache.resource.plural, forMs });
    void delay(clock, random() * LONGEST_DOUBT_MS, signal).then(() => this.endDoubt());
  }

  private async keepResyncing(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.options;
    while (!signal.aborted) {
      await delay(clock, RESYNC_MS * (0.9 + random() * 0.2), signal);
      if (!signal.aborted) this.resync();
    }
  }

  private resync(): void {
    try {
      this.cache.announceAll();
    } catch (error) {
      this.options.log.error('a resync failed', { resource: this.cache.resource.plural, error });
    }
    this.endDoubt();
  }

  private endDoubt(): void {
    if (this.isTrusted || this.mustList) return;
    this.mustList = true;
    this.interruption.abort();
  }

  private touch(): void {
    this.lastActiveMs = this.options.clock.now();
  }
}

function isVersionRefused(error: unknown): boolean {
  return error instanceof OutOfStep || isExpired(error) || isAheadOfServer(error) || isApiError(error, 400);
}
