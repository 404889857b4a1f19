/** Waits for a state of the world, with a deadline: for tests, which never sleep for a time and hope. */
import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 20;

/**
 * What `look` finds, as soon as it finds something.
 *
 * @throws Error naming `what` when the deadline has passed, with what went wrong last.
 */
export async function until<T>(what: string, deadlineMs: number, look: () => Promise<T | undefined>): Promise<T> {
  const endMs = performance.now() + deadlineMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > endMs) throw new Error(`not in ${deadlineMs} ms: ${what}`);
    await delay(LOOK_EVERY_MS);
  }
}
