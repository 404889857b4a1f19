/** The only way in which the runtime knows of time, so that its tests have a clock that they move. */

export interface Clock {
  /** Milliseconds that never go back, from an arbitrary start. */
  now(): number;
  /** Calls `run` once after `delayMs`; what is returned calls it off. */
  setTimer(run: () => void, delayMs: number): () => void;
}

/** The clock of this machine, whatever is done to its date. */
export const machineClock: Clock = {
  now: () => performance.now(),
  setTimer: (run, delayMs) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  }
};

/** Resolves after `delayMs`, or as soon as the signal is aborted: it never rejects. */
export function delay(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const end = () => {
      cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.setTimer(end, delayMs);
    signal?.addEventListener('abort', end);
    if (signal?.aborted === true) end();
  });
}
