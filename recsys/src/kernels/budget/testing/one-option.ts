import type { TinyProblem } from './tiny-problem.js';

/** A column of values for people who can get one option, and one cap on all of them. */
export function oneOption(value: readonly number[], cap: number, floor = 0): TinyProblem {
  return {
    problem: {
      limits: { cap: Float64Array.of(cap), floor: Float64Array.of(floor) },
      options: {
        start: Uint32Array.of(0, 1),
        limit: Uint32Array.of(0),
        weight: Float64Array.of(1),
        channel: Uint16Array.of(0)
      },
      caps: { person: 1, channels: [{ cap: Infinity, isCounted: true }] }
    },
    candidates: {
      start: Uint32Array.from({ length: value.length + 1 }, (_, at) => at),
      option: Int32Array.of(0),
      value: Float32Array.from(value)
    }
  };
}
