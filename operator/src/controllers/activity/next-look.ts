/** When an agent is asked again. Everything is spread by chance, so that many workspaces are not asked at once. */
import type { ActivityPolicy } from '../../plan/activity/index.js';

/** A process that has just begun to lead asks all of them within so long: their agents keep the readings of two hours. */
const LONGEST_FIRST_MS = 10 * 60_000;
const SHORTEST_MS = 500;
const FIRST_RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 5 * 60_000;

/** Of a workspace that this process does not know yet. Where a stop is announced nobody waits. */
export function firstLookMs(policy: ActivityPolicy, isAnnounced: boolean, random: () => number): number {
  if (isAnnounced) return 0;
  const { kernel, workspace } = policy;
  const limits = [kernel.softSeconds, kernel.hardSeconds, workspace.softSeconds, workspace.hardSeconds];
  const shortestS = Math.min(...limits.filter(limit => limit !== null));
  return random() * Math.min(LONGEST_FIRST_MS, (shortestS * 1000) / 4);
}

/** `recheckAfterMs`: when a look could next matter. Who does not answer is asked later and later. */
export function nextLookMs(recheckAfterMs: number, failures: number, random: () => number): number {
  const first = Math.min(FIRST_RETRY_MS, recheckAfterMs);
  const waitMs = failures === 0 ? recheckAfterMs : Math.min(first * 2 ** (failures - 1), LONGEST_RETRY_MS);
  return Math.max(SHORTEST_MS, waitMs * (0.9 + random() / 10));
}
