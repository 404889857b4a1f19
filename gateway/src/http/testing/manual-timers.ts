/** Timers for tests: time passes when the test says so. */
import type { CancelTimer, Timers } from '../timers.js';

interface Entry {
  dueMs: number;
  readonly everyMs: number | undefined;
  readonly act: () => void;
}

export class ManualTimers implements Timers {
  private nowMs = 0;
  private readonly entries = new Set<Entry>();

  after(ms: number, act: () => void): CancelTimer {
    return this.add({ dueMs: this.nowMs + ms, everyMs: undefined, act });
  }

  every(ms: number, act: () => void): CancelTimer {
    return this.add({ dueMs: this.nowMs + ms, everyMs: ms, act });
  }

  /** Lets `ms` pass; what falls due happens in its order. */
  advance(ms: number): void {
    const end = this.nowMs + ms;
    for (let next = this.nextUntil(end); next !== undefined; next = this.nextUntil(end)) {
      this.nowMs = next.dueMs;
      if (next.everyMs === undefined) this.entries.delete(next);
      else next.dueMs += next.everyMs;
      next.act();
    }
    this.nowMs = end;
  }

  private add(entry: Entry): CancelTimer {
    this.entries.add(entry);
    return () => this.entries.delete(entry);
  }

  private nextUntil(end: number): Entry | undefined {
    return [...this.entries].filter(entry => entry.dueMs <= end).sort((a, b) => a.dueMs - b.dueMs)[0];
  }
}
