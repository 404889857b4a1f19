/**
 * Keys of objects that somebody should look at, each at most once, in the order in which they came. A queue of keys and not of
 * events: who takes a key looks at the object as it is then, so what happened in between needs no memory of its own.
 *
 * - A key is never with two workers. One that is added while it is worked on is handed out again after `done`.
 * - Failed keys come back later and later, each by its own count; and all retries together are paced, so that an API server
 *   that has just come back is not drowned by everything that failed while it was away.
 * - It is shut until a controller opens it: a standby takes nothing, and would collect the key of everything that ever lived.
 */
import type { Clock } from './clock.js';
import type { Key } from './resource.js';

export interface WorkQueueOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** Before the first retry of a key; doubled with every further one. Default 250 ms. */
  readonly baseDelayMs?: number;
  /** Between two retries of a key, at most. Default one minute. */
  readonly maxDelayMs?: number;
  /** Of all keys together, on average. Default 50. */
  readonly retriesPerS?: number;
  /** As many retries are not paced after a quiet time. Default 100. */
  readonly retryBurst?: number;
}

/** Node takes a timer that is longer than this for one of a millisecond. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export class WorkQueue {
  private readonly options: Required<WorkQueueOptions>;
  private isOpen = false;
  /** What waits, and since when, in order. */
  private readonly ready = new Map<Key, number>();
  /** Always at the first that waits: a new iterator would step over all that were taken before, every time. */
  private order = this.ready.keys();
  /** What is worked on, and how long it had waited. */
  private readonly working = new Map<Key, number>();
  /** What was added while it was worked on, and when. */
  private readonly again = new Map<Key, number>();
  private readonly later = new Map<Key, { readonly dueMs: number; readonly cancel: () => void }>();
  private readonly failures = new Map<Key, number>();
  private readonly takers = new Set<(key: Key) => void>();
  /** The retries that were let through use up the pace until then. */
  private pacedUntilMs = -Infinity;

  constructor(options: WorkQueueOptions) {
    this.options = { baseDelayMs: 250, maxDelayMs: 60_000, retriesPerS: 50, retryBurst: 100, ...options };
  }

  /** How many keys wait for a worker. */
  get depth(): number {
    return this.ready.size;
  }

  /** From now on keys are taken in. Whoever opens it adds every key there is. */
  open(): void {
    this.isOpen = true;
  }

  add(key: Key): void {
    if (!this.isOpen || this.ready.has(key) || this.again.has(key)) return;
    const now = this.options.clock.now();
    if (this.working.has(key)) this.again.set(key, now);
    else this.enqueue(key, now);
  }

  /** Adds the key after so long. Of several such wishes for a key the earliest counts. */
  addAfter(key: Key, delayMs: number): void {
    if (Number.isNaN(delayMs)) throw new RangeError(`${key} cannot be added after ${delayMs} ms`);
    if (!this.isOpen) return;
    if (delayMs <= 0) return this.add(key);
    const waitMs = Math.min(delayMs, LONGEST_TIMER_MS);
    const dueMs = this.options.clock.now() + waitMs;
    const before = this.later.get(key);
    if (before !== undefined && before.dueMs <= dueMs) return;
    before?.cancel();
    const due = () => {
      this.later.delete(key);
      this.add(key);
    };
    this.later.set(key, { dueMs, cancel: this.options.clock.setTimer(due, waitMs) });
  }

  /** Adds a key that failed, after its own delay and not faster than the pace of all. Returns how often it failed in a row. */
  addRateLimited(key: Key, atLeastMs = 0): number {
    const { baseDelayMs, maxDelayMs, random } = this.options;
    const failures = (this.failures.get(key) ?? 0) + 1;
    this.failures.set(key, failures);
    const backoffMs = Math.min(baseDelayMs * 2 ** (failures - 1), maxDelayMs) * (0.5 + random() / 2);
    this.addAfter(key, Math.max(backoffMs, Math.min(atLeastMs, maxDelayMs), this.paceMs()));
    return failures;
  }

  /** The key is well: its next failure is its first. */
  forget(key: Key): void {
    this.failures.delete(key);
  }

  /** The next key, as soon as there is one; undefined once the signal is aborted. Whoever takes a key must call `done`. */
  async take(signal: AbortSignal): Promise<Key | undefined> {
    if (signal.aborted) return undefined;
    if (this.ready.size > 0) return this.handOut();
    return new Promise(resolve => {
      const taker = (key: Key) => {
        signal.removeEventListener('abort', leave);
        resolve(key);
      };
      const leave = () => {
        this.takers.delete(taker);
        resolve(undefined);
      };
      this.takers.add(taker);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  /** How long a key that is worked on had waited for a worker. */
  waitedMs(key: Key): number {
    return this.working.get(key) ?? 0;
  }

  done(key: Key): void {
    this.working.delete(key);
    const addedMs = this.again.get(key);
    if (addedMs === undefined) return;
    this.again.delete(key);
    this.enqueue(key, addedMs);
  }

  private enqueue(key: Key, addedMs: number): void {
    this.ready.set(key, addedMs);
    const [taker] = this.takers;
    if (taker === undefined) return;
    this.takers.delete(taker);
    taker(this.handOut());
  }

  /** Only where something waits. */
  private handOut(): Key {
    let next = this.order.next();
    if (next.done === true) {
      this.order = this.ready.keys(); // an iterator that was at the end once stays there
      next = this.order.next();
    }
    const key = next.value as Key;
    this.working.set(key, this.options.clock.now() - (this.ready.get(key) ?? 0));
    this.ready.delete(key);
    return key;
  }

  /** A token bucket, kept as the moment at which it will be full again. */
  private paceMs(): number {
    const { clock, retriesPerS, retryBurst } = this.options;
    const now = clock.now();
    const gapMs = 1000 / retriesPerS;
    this.pacedUntilMs = Math.max(this.pacedUntilMs, now) + gapMs;
    return Math.max(0, this.pacedUntilMs - now - retryBurst * gapMs);
  }
}
