/** What every incumbent's rule is to the bench: the readings of a trace in, the moment of its stop out. */
import type { Reading } from '@berth/operator/plan';

export interface RuleOutcome {
  /** When it would have stopped everything; null: never. None of these rules can release one kernel alone. */
  readonly stoppedT: number | null;
  /** Readings on which the rule itself says that it does not know. */
  readonly unknown: number;
  readonly readings: number;
}

/**
 * Pure: the same readings and limit, the same outcome. The rule looks once per reading, which is at least as often as the
 * incumbent does, and it may use of a reading only what the incumbent would see: its docstring says how that is derived.
 */
export type IdleRule = (readings: readonly Reading[], idleS: number) => RuleOutcome;

/** Looks at reading after reading until `look` says that it stops. */
export function firstStop(readings: readonly Reading[], look: (reading: Reading) => Look): RuleOutcome {
  let unknown = 0;
  for (const reading of readings) {
    const says = look(reading);
    if (says === 'unknown') unknown += 1;
    if (says === 'stop') return { stoppedT: reading.t, unknown, readings: readings.length };
  }
  return { stoppedT: null, unknown, readings: readings.length };
}

export type Look = 'keep' | 'stop' | 'unknown';
