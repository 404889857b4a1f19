/** A judgement as it stands some time after it was made. Pure. */
import type { Judgement } from '@berth/gateway/contract';

/** A server that has not judged for longer is not taken to see the same. */
const LONGEST_MS = 60_000;

/**
 * A server says nothing while nothing changes: what is idle goes on being idle until it says otherwise, as its countdown does.
 *
 * @param judgedMs - When it was made; null: that is not known.
 * @param nowMs - By the same clock.
 */
export function aged(judgement: Judgement, judgedMs: number | null, nowMs: number): Judgement {
  if (judgement.activity !== 'idle' || judgedMs === null) return judgement;
  const sinceMs = Math.min(Math.max(0, nowMs - judgedMs), LONGEST_MS);
  return { ...judgement, idleMs: judgement.idleMs + sinceMs };
}
