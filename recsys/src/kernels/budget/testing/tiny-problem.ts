/** Problems so small that every plan can be tried, of all kinds: ties, caps of 0, floors, weights, people with nothing. */
import fc from 'fast-check';
import { fillTile } from '../tiles/fill-tile.js';
import { memoryTiles } from '../tiles/memory-tiles.js';
import { capOf } from '../certify/person-columns.js';
import { planTiles } from '../tiles/plan-tiles.js';
import type { Candidates, ChannelCap, Problem, Tiles } from '../problem.js';
import { amount } from './amounts.js';

export interface TinyProblem {
  readonly problem: Problem;
  readonly candidates: Candidates;
}

export interface TinyShape {
  readonly people: number;
  readonly options: number;
  readonly limits: number;
}

/** From as few values as make ties likely, or any. */
const valueOf = (isTied: boolean): fc.Arbitrary<number> =>
  fc.oneof(
    { weight: 9, arbitrary: isTied ? fc.constantFrom(-1, 0, 1, 2) : amount(-2, 4) },
    { weight: 1, arbitrary: fc.constant(-Infinity) }
  );

const capFor = (people: number): fc.Arbitrary<number | Uint16Array> =>
  fc.oneof(
    fc.constantFrom(0, 1, 2, Infinity),
    fc
      .array(fc.constantFrom(0, 1, 2, 65_535), { minLength: people, maxLength: people })
      .map(list => Uint16Array.from(list))
  );

export function tinyProblem({ people, options, limits }: TinyShape, hasFloors: boolean): fc.Arbitrary<TinyProblem> {
  const channels = fc.integer({ min: 1, max: 3 });
  return fc
    .record({ channels, isTied: fc.boolean(), isDense: fc.boolean(), isWhole: fc.boolean() })
    .chain(({ channels, isTied, isDense, isWhole }) =>
      fc
        .record({
          caps: fc.record({
            person: capFor(people),
            channels: fc.array(fc.record<ChannelCap>({ cap: capFor(people), isCounted: fc.boolean() }), {
              minLength: channels,
              maxLength: channels
            })
          }),
          channel: fc.array(fc.nat(channels - 1), { minLength: options, maxLength: options }),
          limitsOf: fc.array(fc.uniqueArray(fc.nat(limits - 1), { maxLength: limits }), {
            minLength: options,
            maxLength: options
          }),
          weights: fc.array(isWhole ? fc.constantFrom(1, 2) : fc.constantFrom(0.1, 0.3, 1), {
            minLength: options * limits,
            maxLength: options * limits
          }),
          cap: fc.array(fc.constantFrom(0, 1, 2, 3, Infinity), { minLength: limits, maxLength: limits }),
          floor: fc.array(hasFloors ? fc.constantFrom(0, 0, 1) : fc.constant(0), {
            minLength: limits,
            maxLength: limits
          }),
          held: fc.array(fc.subarray(Array.from({ length: options }, (_, option) => option)), {
            minLength: people,
            maxLength: people
          }),
          value: fc.array(valueOf(isTied), { minLength: people * options, maxLength: people * options })
        })
        .map(drawn => build(drawn, isDense, options))
    );
}

interface Drawn {
  readonly caps: Problem['caps'];
  readonly channel: number[];
  readonly limitsOf: number[][];
  readonly weights: number[];
  readonly cap: number[];
  readonly floor: number[];
  readonly held: number[][];
  readonly value: number[];
}

function build(drawn: Drawn, isDense: boolean, options: number): TinyProblem {
  const all = Array.from({ length: options }, (_, option) => option);
  const held = drawn.held.map(own => (isDense ? all : own));
  const incidences = drawn.limitsOf.flat();
  return {
    problem: {
      limits: { cap: Float64Array.from(drawn.cap), floor: Float64Array.from(drawn.floor) },
      options: {
        start: starts(drawn.limitsOf.map(list => list.length)),
        limit: Uint32Array.from(incidences),
        weight: Float64Array.from(drawn.weights.slice(0, incidences.length)),
        channel: Uint16Array.from(drawn.channel)
      },
      caps: drawn.caps
    },
    candidates: {
      start: starts(held.map(list => list.length)),
      option: Int32Array.from(isDense ? all : held.flat()),
      value: Float32Array.from(drawn.value.slice(0, held.flat().length))
    }
  };
}

function starts(lengths: readonly number[]): Uint32Array {
  let sum = 0;
  return Uint32Array.from([0, ...lengths.map(length => (sum += length))]);
}

export function tilesOf({ problem, candidates }: TinyProblem): Tiles {
  const plan = planTiles(problem, candidates);
  const tiles = plan.tiles.map((_, index) => fillTile(plan, index, problem, candidates));
  return memoryTiles(tiles, 1, plan.people);
}

/** Which option each candidate is. */
export function optionsOf({ candidates: { start, option, value } }: TinyProblem): number[] {
  const isShared = option.length < value.length;
  const options: number[] = [];
  for (let person = 0; person + 1 < start.length; person += 1) {
    for (let at = start[person] as number; at < (start[person + 1] as number); at += 1) {
      options.push(option[isShared ? at - (start[person] as number) : at] as number);
    }
  }
  return options;
}

/** Whether what is sent keeps each person's caps, of nobody's excluded candidates. */
export function keepsPersonCaps(tiny: TinyProblem, send: readonly boolean[]): boolean {
  const { problem, candidates } = tiny;
  const options = optionsOf(tiny);
  return Array.from({ length: candidates.start.length - 1 }, (_, person) => {
    const counts = problem.caps.channels.map(() => 0);
    for (let at = candidates.start[person] as number; at < (candidates.start[person + 1] as number); at += 1) {
      if (send[at] !== true) continue;
      if (candidates.value[at] === -Infinity) return false;
      const channel = problem.options.channel[options[at] as number] as number;
      counts[channel] = (counts[channel] as number) + 1;
    }
    const { channels } = problem.caps;
    const counted = counts.reduce((sum, own, channel) => sum + (channels[channel]?.isCounted === true ? own : 0), 0);
    return (
      counted <= capOf(problem.caps.person, person) &&
      counts.every((own, channel) => own <= capOf(channels[channel]?.cap ?? Infinity, person))
    );
  }).every(Boolean);
}

export function usageBy(tiny: TinyProblem, send: readonly boolean[]): number[] {
  const { options, limits } = tiny.problem;
  const usage = Array.from(limits.cap, () => 0);
  for (const [at, option] of optionsOf(tiny).entries()) {
    if (send[at] !== true) continue;
    for (let one = options.start[option] as number; one < (options.start[option + 1] as number); one += 1) {
      const limit = options.limit[one] as number;
      usage[limit] = (usage[limit] as number) + (options.weight[one] as number);
    }
  }
  return usage;
}

/** The value of the best plan, found by trying all; undefined where none keeps the floors. */
export function bestOfAll(tiny: TinyProblem): number | undefined {
  const { candidates, problem } = tiny;
  const count = candidates.value.length;
  let best: number | undefined;
  for (let plan = 0; plan < 2 ** count; plan += 1) {
    const send = Array.from({ length: count }, (_, at) => ((plan >>> at) & 1) === 1);
    const value = send.reduce((sum, sent, at) => sum + (sent ? (candidates.value[at] as number) : 0), 0);
    if (best !== undefined && value <= best) continue;
    if (keepsPersonCaps(tiny, send) && keepsLimits(problem, usageBy(tiny, send))) best = value;
  }
  return best;
}

/** The dual at some prices: what each person's best choice is worth, found by trying all, and what the limits add. */
export function dualOf(tiny: TinyProblem, prices: readonly number[]): number {
  const { candidates, problem } = tiny;
  const { cap, floor } = problem.limits;
  const options = optionsOf(tiny);
  const margin = options.map((option, at) => (candidates.value[at] as number) - priceOf(problem, option, prices));
  let sum = 0;
  for (const [k, price] of prices.entries()) {
    if (price !== 0) sum += price * ((price > 0 ? cap[k] : floor[k]) as number);
  }
  for (let person = 0; person + 1 < candidates.start.length; person += 1) {
    const from = candidates.start[person] as number;
    const count = (candidates.start[person + 1] as number) - from;
    let best = 0;
    for (let choice = 0; choice < 2 ** count; choice += 1) {
      const send = options.map((_, at) => at >= from && at < from + count && ((choice >>> (at - from)) & 1) === 1);
      const worth = send.reduce((total, own, at) => total + (own ? (margin[at] as number) : 0), 0);
      if (worth > best && keepsPersonCaps(tiny, send)) best = worth;
    }
    sum += best;
  }
  return sum;
}

function priceOf({ options }: Problem, option: number, prices: readonly number[]): number {
  let price = 0;
  for (let at = options.start[option] as number; at < (options.start[option + 1] as number); at += 1) {
    price += (options.weight[at] as number) * (prices[options.limit[at] as number] as number);
  }
  return price;
}

function keepsLimits({ limits }: Problem, usage: readonly number[]): boolean {
  return usage.every((used, k) => used <= (limits.cap[k] as number) && used >= (limits.floor[k] as number));
}

export function sentBits(send: Uint8Array, candidates: number): boolean[] {
  return Array.from({ length: candidates }, (_, at) => (((send[at >>> 3] as number) >>> (at & 7)) & 1) === 1);
}
