/** Decides whether the judge sees anything at all, and how long it has not. This is by the judge's clock: there is no other. */
import type { ActivityMemory, Blindness } from './activity-memory.js';
import { durationInWords } from './duration-in-words.js';

/** A longer time between two calls was not spent looking: the judge slept, or its clock was set. */
const LONGEST_STEP_MS = 3_600_000;

export interface JudgeTime {
  readonly nowMs: number;
  /** When the last look of the agent was; undefined: there has been none. */
  readonly lookMs: number | undefined;
  readonly readEveryMs: number;
  /** Why the agent was not heard, where it was not. */
  readonly failure: string | undefined;
}

/** null where there is a fresh look. */
export function blindnessAt({ blind }: ActivityMemory, time: JudgeTime): Blindness | null {
  const { nowMs } = time;
  const why = time.failure ?? whyStale(time);
  if (why === undefined) return null;
  if (blind === null) return { sinceMs: nowMs, atMs: nowMs, ms: 0, beforeMs: 0, why };
  const stepMs = nowMs - blind.atMs;
  if (stepMs === 0) return { ...blind, why };
  const ms = blind.ms + (stepMs > 0 && stepMs <= LONGEST_STEP_MS ? stepMs : 0);
  return { sinceMs: blind.sinceMs, atMs: nowMs, ms, beforeMs: blind.ms, why };
}

function whyStale({ nowMs, lookMs, readEveryMs }: JudgeTime): string | undefined {
  if (lookMs === undefined) return 'The agent has not looked yet.';
  const ageMs = nowMs - lookMs;
  if (Math.abs(ageMs) <= Math.max(60_000, 2 * readEveryMs)) return undefined;
  if (ageMs < 0) return `The agent's last look is ${durationInWords(-ageMs)} in the future.`;
  return `The agent has not looked for ${durationInWords(ageMs)}.`;
}
