/**
 * A smoothed pass in plain float64: what the graph of `budgetPassGraph` computes, slow and obvious. A person's x is the projection of
 * (value − price) / smoothing on its caps, so x = clip(z − max(t, τ), 0, 1), where t ≥ 0 is the threshold at which the channel alone is
 * within its cap, and τ ≥ 0 that at which all counted channels are within the person's.
 */
import { NOTHING } from '../problem.js';
import type { PassSums, Problem, SmoothPass, Tile } from '../problem.js';
import { usageOf } from '../certify/usage-of.js';

/** The pass over tiles of one problem. */
export function referencePass(problem: Problem): SmoothPass {
  return (tiles, optionPrice, smoothing) => {
    if (!(smoothing > 0)) throw new RangeError(`smoothing is ${smoothing}: want a positive number`);
    const sent = new Float64Array(optionPrice.length);
    let surplus = 0;
    for (let index = 0; index < tiles.count; index += 1) {
      surplus += referenceTile(tiles.tile(index), problem, optionPrice, smoothing, sent);
    }
    return Promise.resolve<PassSums>({ usage: usageOf(problem, sent), surplus });
  };
}

/** Adds what a tile takes of each option to `sent`, f64[O]. @returns its surplus */
export function referenceTile(
  tile: Tile,
  problem: Problem,
  price: Float64Array,
  smoothing: number,
  sent: Float64Array
): number {
  const width = tile.value.length / tile.people;
  const isShared = tile.option.length === width && tile.first.length > 0;
  const z = new Float64Array(width);
  const options = new Int32Array(width);
  let surplus = 0;
  for (let person = 0; person < tile.people; person += 1) {
    for (let column = 0; column < width; column += 1) {
      const cell = column * tile.people + person;
      const option = tile.option[isShared ? column : cell] as number;
      const value = tile.value[cell] as number;
      options[column] = option;
      z[column] = value > NOTHING ? (value - (price[option] as number)) / smoothing : -Infinity;
    }
    const x = projectPerson(z, capsOf(tile, problem, person));
    for (let column = 0; column < width; column += 1) {
      const own = x[column] as number;
      if (own === 0) continue;
      const option = options[column] as number;
      sent[option] = (sent[option] as number) + own;
      surplus += smoothing * own * ((z[column] as number) - own / 2);
    }
  }
  return surplus;
}

/** What a person may get: of each channel's columns, and of all those that count. */
export interface OwnCaps {
  readonly widths: readonly number[];
  readonly channels: readonly number[];
  readonly isCounted: readonly boolean[];
  readonly person: number;
}

function capsOf(tile: Tile, { caps }: Problem, person: number): OwnCaps {
  const own = (list: Float32Array): number => list[list.length === 1 ? 0 : person] as number;
  return {
    widths: tile.widths,
    channels: tile.channelCaps.map(own),
    isCounted: tile.widths.map((_, channel) => caps.channels[channel]?.isCounted !== false),
    person: own(tile.personCap)
  };
}

/** The point nearest to z (Euclidean) with 0 ≤ x ≤ 1 within the caps. z of -Infinity gets 0. */
export function projectPerson(z: Float64Array, caps: OwnCaps): Float64Array {
  const least = new Float64Array(z.length);
  const isCounted = new Uint8Array(z.length);
  let from = 0;
  for (const [channel, width] of caps.widths.entries()) {
    const to = from + width;
    const threshold = thresholdOf(z.subarray(from, to), least.subarray(from, to), caps.channels[channel] as number);
    least.fill(threshold, from, to);
    isCounted.fill(caps.isCounted[channel] === true ? 1 : 0, from, to);
    from = to;
  }
  const counted = z.map((own, at) => (isCounted[at] === 1 ? own : -Infinity));
  const common = thresholdOf(counted, least, caps.person);
  return z.map((own, at) => clip(own - Math.max(least[at] as number, isCounted[at] === 1 ? common : 0)));
}

/** The smallest t ≥ 0 with Σ clip(z − max(t, least)) ≤ cap: halving, sped up by the slope where that stays within the bracket. */
function thresholdOf(z: Float64Array, least: Float64Array, cap: number): number {
  let low = 0;
  let high = z.reduce((most, own) => Math.max(most, own), 0);
  for (let at = low; ;) {
    const { sum, slope } = sumAt(z, least, at);
    if (sum === cap || (sum < cap && at === 0)) return at;
    if (sum > cap) low = at;
    else high = at;
    const next = at + (sum - cap) / slope;
    at = next > low && next < high ? next : (low + high) / 2;
    if (at <= low || at >= high) return high;
  }
}

/** Σ clip(z − max(t, least)), and how fast it falls as t grows. */
function sumAt(z: Float64Array, least: Float64Array, t: number): { sum: number; slope: number } {
  let sum = 0;
  let slope = 0;
  for (let column = 0; column < z.length; column += 1) {
    const floor = least[column] as number;
    const own = clip((z[column] as number) - Math.max(t, floor));
    sum += own;
    if (own > 0 && own < 1 && t >= floor) slope += 1;
  }
  return { sum, slope };
}

function clip(x: number): number {
  return Math.min(Math.max(x, 0), 1);
}
