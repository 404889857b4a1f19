/** Decides how long the gateway goes on: as long as a Jupyter server holds a lease, and a little longer. */
import type { CancelTimer, Timers } from './timers.js';

export interface LeaseOptions {
  /** How long it goes on after the last lease was given back; another lease in that time cancels the end. */
  readonly lingerMs: number;
  /** How long it waits for the first lease. */
  readonly startLingerMs: number;
  readonly timers: Timers;
  /** Called once, when nobody needs the gateway any more. */
  readonly onUnused: () => void;
}

export class Leases {
  private readonly open = new Set<symbol>();
  private cancelEnd: CancelTimer = () => undefined;
  private stopped = false;

  constructor(private readonly options: LeaseOptions) {}

  /** Begins to wait for the first lease: to be called when the gateway can be found. */
  start(): void {
    if (this.open.size === 0) this.cancelEnd = this.endAfter(this.options.startLingerMs);
  }

  /** How many are held now. */
  get count(): number {
    return this.open.size;
  }

  /** Takes a lease; the returned function gives it back and may be called more than once. */
  take(): () => void {
    const lease = Symbol('lease');
    this.open.add(lease);
    this.cancelEnd();
    return () => {
      if (!this.open.delete(lease) || this.open.size > 0 || this.stopped) return;
      this.cancelEnd = this.endAfter(this.options.lingerMs);
    };
  }

  /** From now on `onUnused` is not called any more. */
  stop(): void {
    this.stopped = true;
    this.cancelEnd();
  }

  private endAfter(ms: number): CancelTimer {
    return this.options.timers.after(ms, () => {
      this.stopped = true;
      this.options.onUnused();
    });
  }
}
