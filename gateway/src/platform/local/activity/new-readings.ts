/** Decides what is new in the readings that an agent sends. */
import type { AgentSays } from '@berth/operator/plan';
import { PlatformError } from '../../../contract/index.js';

export type NumberedReading = AgentSays['readings'][number];

/** However seldom an agent says that it looks, what is older than this many of its looks is not the present. */
const FRESH_LOOKS = 2;
const FRESH_MS = 60_000;
/** A gateway that has gone is followed by the next before an agent has looked so often. */
const FEW = 20;

/**
 * Those after `seq`, oldest first. An answer that was lost makes an agent send some again.
 * @throws PlatformError `invalid-input` when they are not numbered upwards: nobody could tell which are missing
 */
export function newReadings(readings: readonly NumberedReading[], seq: number): NumberedReading[] {
  const wrong = readings.findIndex((reading, index) => reading.seq <= (readings[index - 1]?.seq ?? 0));
  if (wrong !== -1) {
    const field = `readings.${wrong}.seq`;
    const message = `is ${readings[wrong]?.seq}; want more than in the reading before, ${readings[wrong - 1]?.seq}`;
    throw new PlatformError('invalid-input', `The request is not valid: ${field} ${message}`, {
      problems: [{ field, message }]
    });
  }
  return readings.filter(reading => reading.seq > seq);
}

/**
 * Whether an agent that is not known has told all that it has, and not only what a former gateway lacked: those are few. An
 * agent that has told more than that, but not all, seems idle for less time than it was: that only keeps it longer.
 */
export function isWholeStory(readings: readonly NumberedReading[]): boolean {
  return readings[0]?.seq === 1 || readings.length > FEW;
}

/** Whether the last of them is of the present, by the agent's own clock. */
export function reachesPresent(readings: readonly NumberedReading[], nowMs: number, readEveryMs: number): boolean {
  const last = readings.at(-1);
  return last !== undefined && Math.abs(nowMs - last.t * 1_000) <= Math.max(FRESH_MS, FRESH_LOOKS * readEveryMs);
}

/** Jupyter's ids of the kernels in the last reading that saw any thing; undefined: none did. */
export function kernelsIn(readings: readonly NumberedReading[]): ReadonlySet<string> | undefined {
  for (const reading of readings.toReversed()) {
    if ('evidence' in reading) return new Set(reading.evidence.kernels.map(({ id }) => id));
  }
  return undefined;
}
