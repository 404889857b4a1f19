import type { Clock } from './clock.js';

/** A signal and what it costs; declared with `using`, nothing is left of it at the end of the block. */
export type Deadline = Disposable & { readonly signal: AbortSignal };

/**
 * A signal that is aborted with the caller's or when the time is up, whichever is first; `what` was not done in time then, says its
 * reason. Not AbortSignal.any: the caller's may live as long as the process.
 */
export function startDeadline(clock: Clock, delayMs: number, what: string, outer?: AbortSignal): Deadline {
  const controller = new AbortController();
  const late = (): void => controller.abort(new Error(`${what}: not done within ${delayMs / 1000} s`));
  const callOff = (): void => controller.abort(outer?.reason);
  const cancel = clock.setTimer(late, delayMs);
  outer?.addEventListener('abort', callOff);
  if (outer?.aborted === true) callOff();
  const end = (): void => {
    cancel();
    outer?.removeEventListener('abort', callOff);
  };
  return { signal: controller.signal, [Symbol.dispose]: end };
}

/** What the work comes to, unless the signal is aborted first: work that does not heed it holds nobody up. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  return Promise.race([work, aborted]);
}
