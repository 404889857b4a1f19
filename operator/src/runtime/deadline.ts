import type { Clock } from './clock.js';

/**
 * A signal that is aborted with the caller's or when the time is up, whichever is first. Not AbortSignal.any: the caller's may live
 * as long as the process, and `end` leaves nothing on it.
 */
export class Deadline {
  private readonly controller = new AbortController();
  private readonly cancelTimer: () => void;
  private readonly outer: AbortSignal | undefined;

  /** `what` was not done in time: so says the error that the signal is then aborted with. */
  constructor(clock: Clock, delayMs: number, what: string, outer?: AbortSignal) {
    this.outer = outer;
    const late = new Error(`${what}: not done within ${delayMs / 1000} s`);
    this.cancelTimer = clock.setTimer(() => this.controller.abort(late), delayMs);
    outer?.addEventListener('abort', this.callOff);
    if (outer?.aborted === true) this.callOff();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  end(): void {
    this.cancelTimer();
    this.outer?.removeEventListener('abort', this.callOff);
  }

  private readonly callOff = (): void => this.controller.abort(this.outer?.reason);
}
