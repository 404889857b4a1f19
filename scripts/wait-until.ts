/** Waiting for a state, in scripts and in tests of what other processes do. */

/** Looks every 50 ms; throws naming `what` when it is not so after `timeoutMs`. */
export async function waitUntil(
  what: string,
  timeoutMs: number,
  isSo: () => Promise<boolean> | boolean
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs / 1000} s in vain until ${what}`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
