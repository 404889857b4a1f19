/**
 * Hands keys to a reconciler, several at a time but never one twice, and decides what becomes of those that fail:
 *
 * - anything that is thrown is tried again, later and later; a conflict is no news, for it only says that our view was old
 * - `TerminalError` is not tried again before the object changes: it would fail the same way
 * - what takes longer than its deadline is aborted and tried again
 */
import { isApiError } from './api-error.js';
import { type Clock, delay } from './clock.js';
import { startDeadline } from './deadline.js';
import type { Log } from './log.js';
import type { Key } from './resource.js';
import type { WorkQueue } from './work-queue.js';

export interface Reconciler {
  /** Makes the world as the object wishes it. Ends soon after the signal is aborted. */
  reconcile(key: Key, signal: AbortSignal): Promise<{ readonly recheckAfterMs?: number }>;
}

/** A failure that a retry cannot mend. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
}

export type ReconcileResult = 'success' | 'retry' | 'conflict' | 'terminal' | 'abandoned';

export interface ControllerMetrics {
  taken(controller: string, waitedMs: number): void;
  reconciled(controller: string, result: ReconcileResult, tookMs: number): void;
  /** `depth` is asked whenever the metrics are read. */
  queued(controller: string, depth: () => number): void;
}

export interface ControllerOptions {
  readonly name: string;
  readonly queue: WorkQueue;
  readonly reconciler: Reconciler;
  readonly workers: number;
  /** Every key there is: what changed before this process led was not queued. */
  readonly keys: () => Iterable<Key>;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: ControllerMetrics;
}

/** For one reconcile. */
const DEADLINE_MS = 60_000;
/** How long the work in hand may go on once all is to end. */
const DRAIN_MS = 10_000;

/** So many conflicts in a row are a matter of timing; more are somebody who writes against us. */
const QUIET_CONFLICTS = 5;
/** A reconcile that was aborted gets so long to end. */
const LAST_WORDS_MS = 1_000;
/** Reconciles that find nothing to do wait for nothing: a worker lets timers, renewals and probes have their turn after so many. */
const MOST_IN_A_TURN = 8;
/** One that still runs so long after its deadline will never end. */
const STUCK_AFTER_MS = 60_000;

export class Controller {
  readonly name: string;
  private readonly options: ControllerOptions;
  /** Since when. */
  private readonly inHand = new Map<Key, number>();
  private readonly abandoned = new AbortController();

  constructor(options: ControllerOptions) {
    this.name = options.name;
    this.options = options;
    options.metrics.queued(options.name, () => options.queue.depth);
  }

  /** A reconcile ignores that it was aborted. Its key and its worker are lost until the process is started again. */
  get isStuck(): boolean {
    const latestStartMs = this.options.clock.now() - DEADLINE_MS - STUCK_AFTER_MS;
    return [...this.inHand.values()].some(startedMs => startedMs < latestStartMs);
  }

  /**
   * Works until the signal is aborted, then finishes what is in hand, for as long as the drain may take. With `abandon` what is
   * in hand is aborted at once. Never rejects.
   */
  async run(signal: AbortSignal, abandon: AbortSignal = new AbortController().signal): Promise<void> {
    const { queue, workers, keys, log, name } = this.options;
    const stop = AbortSignal.any([signal, abandon]);
    queue.open();
    for (const key of keys()) queue.add(key);
    const finished = new AbortController();
    const work = Promise.all(Array.from({ length: workers }, () => this.work(stop))).then(() => finished.abort());
    await Promise.race([work, this.endWorkInHand(stop, abandon, finished.signal)]);
    const left = [...this.inHand.keys()];
    if (left.length > 0)
      log.error('reconciles do not end although they were aborted', { controller: name, keys: left });
  }

  private async work(stop: AbortSignal): Promise<void> {
    const { queue, metrics, name, clock } = this.options;
    for (let count = 1; ; count += 1) {
      const key = await queue.take(stop);
      if (key === undefined) return;
      metrics.taken(name, queue.waitedMs(key));
      const startedMs = clock.now();
      const result = await this.reconcile(key, startedMs);
      metrics.reconciled(name, result, clock.now() - startedMs);
      queue.done(key);
      if (count % MOST_IN_A_TURN === 0) await new Promise(resolve => setImmediate(resolve));
    }
  }

  private async endWorkInHand(stop: AbortSignal, abandon: AbortSignal, finished: AbortSignal): Promise<void> {
    const { clock } = this.options;
    if (!stop.aborted) await new Promise(resolve => stop.addEventListener('abort', resolve, { once: true }));
    await delay(clock, DRAIN_MS, AbortSignal.any([abandon, finished]));
    this.abandoned.abort(new Error('the operator ends'));
    await delay(clock, LAST_WORDS_MS, finished);
  }

  private async reconcile(key: Key, startedMs: number): Promise<ReconcileResult> {
    const { reconciler, queue, clock } = this.options;
    using deadline = startDeadline(clock, DEADLINE_MS, 'a reconcile', this.abandoned.signal);
    this.inHand.set(key, startedMs);
    try {
      const { recheckAfterMs } = await reconciler.reconcile(key, deadline.signal);
      if (recheckAfterMs !== undefined) queue.addAfter(key, recheckAfterMs);
      queue.forget(key);
      return 'success';
    } catch (error: unknown) {
      return this.abandoned.signal.aborted ? 'abandoned' : this.failed(key, error);
    } finally {
      this.inHand.delete(key);
    }
  }

  private failed(key: Key, error: unknown): ReconcileResult {
    const { queue, log, name } = this.options;
    if ((error as { name?: unknown } | null)?.name === 'TerminalError') {
      queue.forget(key);
      log.error('a reconcile failed for good', { controller: name, key, error });
      return 'terminal';
    }
    const attempt = queue.addRateLimited(key, isApiError(error) ? error.retryAfterMs : undefined);
    const isConflict = isApiError(error, 409);
    const level = isConflict && attempt <= QUIET_CONFLICTS ? 'debug' : 'warn';
    log[level]('a reconcile failed and is tried again', { controller: name, key, attempt, error });
    return isConflict ? 'conflict' : 'retry';
  }
}
