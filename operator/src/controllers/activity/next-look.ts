/** When an agent is asked again. Everything is spread by chance, so that many workspaces are not asked at once. */
import type { ActivityPolicy } from '../../plan/activity/index.js';

/** A process that has just begun to lead asks all of them within so long: their agents keep the readings of two hours. */
const LONGEST_FIRST_MS = 10 * 60_000;
const SHORTEST_MS = 500;
const FIRST_RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 5 * 60_000;
/** Who has more to tell than one look hears is asked for the rest before it is old. */
const CATCH_UP_MS = 10_000;
/** What is heard of one agent, on average, and which part of the time it may be listened to: more would have the operator busy with it. */
const MOST_BYTES_PER_MS = 200;
const MOST_TIME = 1 / 5;

/** Of a workspace that this process does not know yet. Where a stop is announced nobody waits. */
export function firstLookMs(policy: ActivityPolicy, isAnnounced: boolean, random: () => number): number {
  if (isAnnounced) return 0;
  const { kernel, workspace } = policy;
  const limits = [kernel.softSeconds, kernel.hardSeconds, workspace.softSeconds, workspace.hardSeconds];
  const shortestS = Math.min(...limits.filter(limit => limit !== null));
  return random() * Math.min(LONGEST_FIRST_MS, (shortestS * 1000) / 4);
}

/** How a look went. */
export interface Looked {
  /** When a look could next matter. */
  readonly recheckAfterMs: number;
  /** In a row. */
  readonly failures: number;
  /** How much was heard. */
  readonly bytes: number;
  readonly tookMs: number;
  /** The agent had not told all. */
  readonly hasMore: boolean;
}

/** Before that nothing is heard of an agent again, whatever happens. */
export function restMs({ bytes, tookMs }: Pick<Looked, 'bytes' | 'tookMs'>): number {
  return Math.max(bytes / MOST_BYTES_PER_MS, tookMs / MOST_TIME - tookMs);
}

/** Who does not answer is asked later and later, and so is who tells too much, or too slowly. */
export function nextLookMs(looked: Looked, random: () => number): number {
  const { recheckAfterMs, failures, hasMore } = looked;
  const first = Math.min(FIRST_RETRY_MS, recheckAfterMs);
  const nextMs = hasMore ? Math.min(CATCH_UP_MS, recheckAfterMs) : recheckAfterMs;
  const waitMs = failures === 0 ? nextMs : Math.min(first * 2 ** (failures - 1), LONGEST_RETRY_MS);
  return Math.max(SHORTEST_MS, restMs(looked), waitMs * (0.9 + random() / 10));
}
