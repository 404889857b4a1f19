/** What is left of a wait. A clock that went back further than the wait is long does not prolong it. */
export function remainingMs(sinceMs: number, waitMs: number, nowMs: number): number {
  const passedMs = nowMs - sinceMs;
  return Math.abs(passedMs) >= waitMs ? 0 : Math.min(waitMs, waitMs - passedMs);
}
