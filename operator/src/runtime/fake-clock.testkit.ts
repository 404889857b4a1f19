/** A clock that stands still until a test moves it. */
import type { Clock } from './clock.js';

interface Timer {
  readonly dueMs: number;
  readonly run: () => void;
}

export class FakeClock implements Clock {
  /** Called whenever a timer has done what it had to. */
  afterStep: () => void = () => undefined;
  private nowMs = 0;
  private readonly timers = new Set<Timer>();

  now(): number {
    return this.nowMs;
  }

  setTimer(run: () => void, delayMs: number): () => void {
    const timer = { dueMs: this.nowMs + Math.max(delayMs, 0), run };
    this.timers.add(timer);
    return () => void this.timers.delete(timer);
  }

  /** How many timers wait. */
  get pending(): number {
    return this.timers.size;
  }

  /** Moves on, timer by timer in their order; what a timer has set off is done before the next. */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.nowMs + byMs;
    await settled();
    for (let timer = this.nextUntil(untilMs); timer !== undefined; timer = this.nextUntil(untilMs)) {
      this.nowMs = timer.dueMs;
      this.timers.delete(timer);
      timer.run();
      await settled();
      this.afterStep();
    }
    this.nowMs = untilMs;
  }

  private nextUntil(untilMs: number): Timer | undefined {
    const due = [...this.timers].filter(({ dueMs }) => dueMs <= untilMs);
    return due.reduce<Timer | undefined>(
      (first, timer) => (first && first.dueMs <= timer.dueMs ? first : timer),
      undefined
    );
  }
}

/** Once everything that was ready to go on has gone on. */
export function settled(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
