/**
 * Tells listeners what has changed, and only what has: a view that is equal to the last one told is no change. What
 * changes all the time (progress, logs) is told at most four times a second for one run; the next look brings the rest.
 */
import type { Offer, PlatformChange, RunView } from '../../contract/index.js';
import type { PlatformLog } from './ports.js';

const EVERY_MS = 250;

interface Told {
  readonly steady: string;
  readonly all: string;
  readonly atMs: number;
}

export class ChangeFeed {
  private readonly listeners = new Set<(change: PlatformChange) => void>();
  private readonly told = new Map<string, Told>();
  private readonly logs = new Map<string, { attempt: number; toldAtMs: number; isDue: boolean }>();
  private offers = '';

  constructor(
    private readonly clock: () => Date,
    private readonly log: PlatformLog
  ) {}

  listen(listener: (change: PlatformChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Takes note of how a run looks. The first time, it is a change as well, unless it `isKnown` to everybody. */
  run(view: RunView, isKnown = false): void {
    const steady = JSON.stringify({ ...view, progress: null, step: null, metrics: null, results: null });
    const all = JSON.stringify(view);
    const before = this.told.get(view.id);
    const atMs = this.clock().getTime();
    if (before?.all === all) return;
    if (before !== undefined && before.steady === steady && Math.abs(atMs - before.atMs) < EVERY_MS) return;
    this.told.set(view.id, { steady, all, atMs });
    if (!isKnown) this.tell({ type: 'run', run: view });
  }

  runDeleted(runId: string): void {
    this.told.delete(runId);
    this.logs.delete(runId);
    this.tell({ type: 'run-deleted', runId });
  }

  /** Takes note of the offers; returns whether they have changed. */
  offersAre(offers: Offer[], isKnown = false): boolean {
    const text = JSON.stringify(offers);
    if (text === this.offers) return false;
    this.offers = text;
    if (!isKnown) this.tell({ type: 'offers', offers });
    return true;
  }

  logGrew(runId: string, attempt: number): void {
    this.logs.set(runId, { toldAtMs: 0, ...this.logs.get(runId), attempt, isDue: true });
  }

  /** Tells of logs that have grown; `isOver` says whose attempt has ended and must not wait for a next time. */
  tellLogs(isOver: (runId: string) => boolean): void {
    const nowMs = this.clock().getTime();
    for (const [runId, { attempt, toldAtMs, isDue }] of this.logs) {
      const hasEnded = isOver(runId);
      if (isDue && (hasEnded || Math.abs(nowMs - toldAtMs) >= EVERY_MS)) {
        this.logs.set(runId, { attempt, toldAtMs: nowMs, isDue: false });
        this.tell({ type: 'log', runId, attempt });
      }
      if (hasEnded) this.logs.delete(runId);
    }
  }

  tell(change: PlatformChange): void {
    for (const listener of [...this.listeners]) {
      try {
        listener(change);
      } catch (error: unknown) {
        this.log.error('a listener failed', { change: change.type, error });
      }
    }
  }
}
