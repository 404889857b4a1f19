/** Problems of some hundred people, drawn from a seed, of the kinds that are hard for a dual: ties, nested caps, a limit for every few people. */
import { randomFrom } from '../../testing/nasty-vectors.js';
import type { Problem } from '../problem.js';
import type { TinyProblem } from './tiny-problem.js';

export interface Kind {
  /** Limits of each option, its channel, and its caps from how many people there are. */
  readonly limitsOf: readonly (readonly number[])[];
  readonly channel?: readonly number[];
  readonly caps: Problem['caps'];
  readonly cap: (people: number) => readonly number[];
  readonly floor?: (people: number) => readonly number[];
  /** How many options a person has; all by default. */
  readonly width?: number;
  readonly value: (random: () => number, option: number) => number;
}

const ONE_EACH: Problem['caps'] = { person: 1, channels: [{ cap: Infinity, isCounted: true }] };
const range = (count: number): number[] => Array.from({ length: count }, (_, each) => each);
const TEN = range(10).map(option => [0, 1 + option, 11 + (option % 3)]);
const tenCaps = (people: number): number[] => [
  people * 0.4,
  ...range(10).map(option => people * 0.01 * (3 + option)),
  ...range(3).map(group => people * (0.1 + 0.05 * group))
];
const CONTENTS = 60;

export const KINDS = {
  easy: { limitsOf: TEN, caps: ONE_EACH, cap: tenCaps, value: random => random() },
  'all values equal': { limitsOf: TEN, caps: ONE_EACH, cap: tenCaps, value: () => 1 },
  'three values': { limitsOf: TEN, caps: ONE_EACH, cap: tenCaps, value: random => 1 + Math.floor(3 * random()) },
  'large values that hardly differ': { limitsOf: TEN, caps: ONE_EACH, cap: tenCaps, value: random => 100 + random() },
  'mostly negative': { limitsOf: TEN, caps: ONE_EACH, cap: tenCaps, value: random => random() - 0.7 },
  'values of all magnitudes': {
    limitsOf: TEN,
    caps: ONE_EACH,
    cap: tenCaps,
    value: random => 10 ** (8 * random() - 4)
  },
  'nested caps': {
    limitsOf: range(24).map(option => [0, 1 + (option % 3), 4 + (option % 8)]),
    channel: range(24).map(option => option % 3),
    caps: {
      person: 2,
      channels: [
        { cap: 1, isCounted: true },
        { cap: 2, isCounted: true },
        { cap: 1, isCounted: false }
      ]
    },
    cap: people => [people * 0.9, ...range(3).map(() => people * 0.4), ...range(8).map(each => people * 0.02 * each)],
    width: 8,
    value: random => random() + random()
  },
  'a limit for every few people': {
    limitsOf: range(CONTENTS).map(option => [0, 1 + option]),
    caps: ONE_EACH,
    cap: people => [
      people * 0.6,
      ...range(CONTENTS).map(each => Math.ceil((people / CONTENTS) * (0.2 + (each % 7) / 5)))
    ],
    width: 6,
    value: random => random()
  },
  'floors that nearly fill the cap': {
    limitsOf: range(10).map(option => [0, 1 + option]),
    caps: ONE_EACH,
    cap: people => [people * 0.5, ...range(10).map(() => people)],
    floor: people => [0, ...range(10).map(() => Math.floor(people * 0.049))],
    value: (random, option) => random() * (option + 1) - 0.5
  }
} as const satisfies Readonly<Record<string, Kind>>;

export function drawnProblem(kind: Kind, people: number, seed: number): TinyProblem {
  const random = randomFrom(seed);
  const options = kind.limitsOf.length;
  const width = kind.width ?? options;
  const value = new Float32Array(people * width);
  const option = new Int32Array(people * width);
  for (let person = 0; person < people; person += 1) {
    const first = Math.floor(random() * options);
    for (let each = 0; each < width; each += 1) {
      const own = width === options ? each : (first + each * 5) % options;
      option[person * width + each] = own;
      value[person * width + each] = kind.value(random, own);
    }
  }
  const lengths = kind.limitsOf.map(list => list.length);
  return {
    problem: {
      limits: {
        cap: Float64Array.from(kind.cap(people), Math.ceil),
        floor: Float64Array.from(kind.floor?.(people) ?? kind.cap(people).map(() => 0))
      },
      options: {
        start: Uint32Array.from([0, ...lengths.map((_, end) => lengths.slice(0, end + 1).reduce((a, b) => a + b, 0))]),
        limit: Uint32Array.from(kind.limitsOf.flat()),
        weight: new Float64Array(kind.limitsOf.flat().length).fill(1),
        channel: Uint16Array.from(kind.channel ?? kind.limitsOf.map(() => 0))
      },
      caps: kind.caps
    },
    candidates: { start: Uint32Array.from({ length: people + 1 }, (_, person) => person * width), option, value }
  };
}
