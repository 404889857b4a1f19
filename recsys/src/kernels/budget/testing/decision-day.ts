/** Plans and days for tests of decisions. */
import type { Arrival } from '../decide/arrival.js';
import type { Decider } from '../decide/decide.js';
import type { DecisionPlan } from '../decide/decision-plan.js';

export const HOUR_MS = 3_600_000;
const HOURS = 24;

/**
 * A plan in which option o counts against the limits `of[o]`, once against each; a day of 24 hours from 0 on with `people` expected,
 * as many in each hour. Caps and floors are none, prices 0, where they are not given.
 */
export function planOf(
  of: readonly (readonly number[])[],
  caps: readonly number[],
  people: number,
  more: Partial<DecisionPlan> & { floors?: readonly number[] } = {}
): DecisionPlan {
  const { floors, ...rest } = more;
  const start = [0];
  for (const limits of of) start.push((start.at(-1) as number) + limits.length);
  return {
    limits: { cap: Float64Array.from(caps), floor: Float64Array.from(floors ?? caps.map(() => 0)) },
    options: {
      start: Uint32Array.from(start),
      limit: Uint32Array.from(of.flat()),
      weight: new Float64Array(of.flat().length).fill(1),
      channel: new Uint16Array(of.length)
    },
    personCap: Infinity,
    channels: [{ cap: Infinity, isCounted: true }],
    prices: new Float64Array(caps.length),
    madeAtMs: 0,
    maxAgeMs: 2 * HOURS * HOUR_MS,
    curve: { startMs: 0, intervalMs: HOUR_MS, arrivals: new Array<number>(HOURS).fill(people / HOURS) },
    ...rest
  };
}

/** When people come: evenly, but for the hours in which `times` as many do (0: nobody). */
export function arrivalTimes(people: number, times: (hour: number) => number = () => 1): number[] {
  const found: number[] = [];
  for (let hour = 0; hour < HOURS; hour += 1) {
    const count = Math.round((people / HOURS) * times(hour));
    for (let index = 0; index < count; index += 1) found.push((hour + index / count) * HOUR_MS);
  }
  return found;
}

/** Lets everybody arrive; the value of what was sent. */
export function liveThrough(decider: Decider, times: readonly number[], draw: (hour: number) => Arrival): number {
  let value = 0;
  for (const time of times) {
    const arrival = draw(time / HOUR_MS);
    for (const at of decider.decide(arrival, time).send) value += arrival.values[at] as number;
  }
  return value;
}

/** Numbers in [0, 1), the same for the same seed. */
export function uniformOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
