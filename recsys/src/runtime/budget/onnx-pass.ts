/** Smoothed passes in ONNX Runtime: a session for each shape of tiles, one tile after the other. */
import { setImmediate } from 'node:timers/promises';
import { Tensor } from 'onnxruntime-node';
import { budgetPassGraph, passShape, type PassShape } from '../../graphs/index.js';
import type { PassSums, Problem, SmoothPass, Tile, Tiles } from '../../kernels/budget/problem.js';
import { referenceTile } from '../../kernels/budget/dual/reference-pass.js';
import { usageOf } from '../../kernels/budget/certify/usage-of.js';
import { createSession, type Device, type Feeds } from '../corpus/create-session.js';
import { LazySession } from '../corpus/lazy-session.js';

export interface OnnxPassOptions {
  readonly problem: Problem;
  readonly threads: number;
  readonly provider: Device;
  /** Tiles of no more cells are passed over in plain TypeScript: to make their session would take longer. Default: 0. */
  readonly plainCells?: number;
}

/** Prices and smoothing as the graphs take them. */
interface At {
  readonly optionPrice: Float64Array;
  readonly price: Tensor;
  readonly smoothing: Tensor;
  readonly inverse: Tensor;
  /** What has been taken so far of each option, in two parts; written. */
  readonly taken: readonly [Float64Array, Float64Array];
}

/**
 * Sums are the same in every run with the same number of threads: tiles come in their order, and what tiles give is added up in float64.
 * One pass at a time.
 */
export class OnnxPass {
  readonly #sessions = new Map<string, LazySession>();
  /** What tiles need beside their own arrays is written into the same memory for each. */
  readonly #scratch = { x: new Float32Array(0), caps: new Float32Array(0), sums: new Float32Array(0) };

  constructor(private readonly options: OnnxPassOptions) {}

  /** @throws RangeError where the smoothing is no positive float32 with a reciprocal */
  readonly pass: SmoothPass = async (tiles: Tiles, optionPrice, smoothing): Promise<PassSums> => {
    const inverse = Math.fround(1 / smoothing);
    if (!(Math.fround(smoothing) > 0 && inverse > 0 && inverse < Infinity))
      throw new RangeError(`smoothing is ${smoothing}: want a positive number that float32 can hold`);
    const at: At = {
      optionPrice,
      price: tensor(Float32Array.from(optionPrice), [optionPrice.length]),
      smoothing: tensor(Float32Array.of(smoothing), [1]),
      inverse: tensor(Float32Array.of(inverse), [1]),
      taken: [new Float64Array(optionPrice.length), new Float64Array(optionPrice.length)]
    };
    const { problem, plainCells = 0 } = this.options;
    let surplus = 0;
    for (let index = 0; index < tiles.count; index += 1) {
      const tile = tiles.tile(index);
      if (tile.value.length > plainCells) surplus += await this.#passTile(tile, at);
      else {
        await setImmediate(); // as a run does: a word about the request is heard between two tiles
        surplus += referenceTile(tile, problem, optionPrice, smoothing, at.taken[0]);
      }
    }
    const [even, odd] = at.taken;
    const taken = even.map((each, option) => each + (odd[option] as number));
    return { usage: usageOf(problem, taken), surplus };
  };

  /** Nothing may be running. */
  async close(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    for (const session of sessions) await session.release();
  }

  async #passTile(tile: Tile, at: At): Promise<number> {
    const width = tile.value.length / tile.people;
    const isShared = tile.first.length > 0;
    const { channels } = this.options.problem.caps;
    const isCounted = tile.widths.map((_, channel) => channels[channel]?.isCounted !== false);
    const { shape, rows } = passShape({ ...tile, isCounted, isShared });
    const session = await this.#sessionOf(shape).get();
    const surplus = this.#room('sums', 2 * width).subarray(0, width);
    const taken = isShared ? this.#room('sums', 2 * width).subarray(width) : this.#room('x', tile.value.length);
    await session.run(this.#feeds(tile, shape, rows, at), {
      surplus: tensor(surplus, [width]),
      [isShared ? 'usage' : 'x']: tensor(taken, isShared ? [width] : [width, tile.people])
    });
    addUp(at.taken, tile.option, taken);
    return surplus.reduce((sum, each) => sum + each, 0);
  }

  #feeds(tile: Tile, shape: PassShape, rows: readonly (Float32Array | undefined)[], at: At): Feeds {
    const { people, option } = tile;
    const width = tile.value.length / people;
    const ownPrice = (each: number): number => at.optionPrice[each] as number;
    return {
      value: tensor(tile.value, [width, people]),
      smoothing: at.smoothing,
      inverse: at.inverse,
      ...(shape.isShared
        ? { price: tensor(Float32Array.from(option, ownPrice), [width, 1]) }
        : { price: at.price, option: new Tensor('int32', option, [width, people]) }),
      ...(shape.personCap === 'each' ? { person_cap: tensor(tile.personCap, [1, people]) } : {}),
      ...(rows.some(row => row !== undefined) ? { channel_caps: this.#caps(rows, people) } : {})
    };
  }

  /** Rows that the graph does not read are left as they are. */
  #caps(rows: readonly (Float32Array | undefined)[], people: number): Tensor {
    const caps = this.#room('caps', rows.length * people);
    rows.forEach((row, index) => row !== undefined && caps.set(row, index * people));
    return tensor(caps, [rows.length, people]);
  }

  #room(name: 'x' | 'caps' | 'sums', length: number): Float32Array {
    if (this.#scratch[name].length < length) this.#scratch[name] = new Float32Array(length);
    return this.#scratch[name].subarray(0, length);
  }

  #sessionOf(shape: PassShape): LazySession {
    const key = JSON.stringify(shape);
    const known = this.#sessions.get(key);
    if (known !== undefined) return known;
    const { threads, provider } = this.options;
    const session = new LazySession(() =>
      createSession(budgetPassGraph(shape), '', threads, { provider, isOneOfMany: true })
    );
    this.#sessions.set(key, session);
    return session;
  }
}

function tensor(values: Float32Array, shape: readonly number[]): Tensor {
  return new Tensor('float32', values, shape);
}

/** Into two sums for each option, so that no addition waits for the one before; without a branch, which would be guessed wrong too often. */
function addUp([even, odd]: At['taken'], option: Int32Array, x: Float32Array): void {
  const pairs = x.length - (x.length % 2);
  for (let at = 0; at < pairs; at += 2) {
    const [one, other] = [option[at] as number, option[at + 1] as number];
    even[one] = (even[one] as number) + (x[at] as number);
    odd[other] = (odd[other] as number) + (x[at + 1] as number);
  }
  if (pairs < x.length) {
    const last = option[pairs] as number;
    even[last] = (even[last] as number) + (x[pairs] as number);
  }
}
