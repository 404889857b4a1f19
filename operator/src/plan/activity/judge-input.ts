/**
 * Decides whether a person has done something since the last look. The agent says when they last did; pages tell it late and
 * again, and clocks are set, so a time that merely wobbles or comes to light late is no input.
 */
import type { Interval } from './interval.js';

const WOBBLE_S = 1;
const LATE_S = 60;

/** `counted` is what `inputT` was when it last counted. */
export function isNewInput(inputT: number | null, counted: number | null, interval: Interval): boolean {
  if (inputT === null || interval.kind === 'first') return false;
  if (counted === null) return inputT > interval.t - interval.seconds - LATE_S;
  if (inputT > counted + WOBBLE_S) return true;
  // Earlier than before: a clock was set, and somebody may have typed by the new one.
  return inputT < counted - WOBBLE_S && Math.abs(interval.t - inputT) < LATE_S;
}

/** What is to be kept as counted after this look. */
export function countedInput(inputT: number | null, counted: number | null, isNew: boolean): number | null {
  if (inputT === null) return counted;
  return counted === null || isNew || inputT < counted - WOBBLE_S ? inputT : counted;
}
