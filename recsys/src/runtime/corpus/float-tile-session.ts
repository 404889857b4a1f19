/** One tile of float32 items, loaded when it is first needed. */
import { Tensor } from 'onnxruntime-node';
import { floatTile, type ItemTile, stripsOf, TILE_MODES } from '../../graphs/index.js';
import { type Answer, createSession, type Feeds, type SessionOptions } from './create-session.js';
import { placesWithin, scatter } from './gather-vectors.js';
import { LazySession } from './lazy-session.js';

export class FloatTile {
  readonly #session: LazySession;
  readonly #strips: readonly ItemTile[];
  readonly #unused: Feeds;

  constructor(
    private readonly tile: ItemTile,
    options: SessionOptions
  ) {
    const { folder, threads, limits } = options;
    this.#session = new LazySession(() => createSession(floatTile(tile, limits), folder, threads));
    this.#strips = stripsOf(tile, limits);
    this.#unused = {
      queries: new Tensor('float32', new Float32Array(tile.dimensions), [1, tile.dimensions]),
      k: new Tensor('int64', BigInt64Array.of(1n), [1]),
      added: new Tensor('float32', new Float32Array(1), [1]),
      ...this.#chosen(Int32Array.of())
    };
  }

  get firstRow(): number {
    return this.tile.firstRow;
  }

  get rows(): number {
    return this.tile.rows;
  }

  /** @param feeds  queries, k, and where something is to be added: added */
  scan(feeds: Feeds): Promise<Answer> {
    return this.#run(feeds['added'] === undefined ? 'scan' : 'scan-added', feeds);
  }

  /** @param chosen  ascending rows of the part, in this tile; `feeds` has a value to add for each */
  scanChosen(chosen: Int32Array, feeds: Feeds): Promise<Answer> {
    return this.#run('scan-chosen', { ...feeds, ...this.#chosen(chosen) });
  }

  /** The items of rows of the part, in this tile, f32[n · d] in the order of the rows. */
  async gather(rows: Int32Array): Promise<Float32Array> {
    const order = Int32Array.from(this.#strips.flatMap(strip => [...placesWithin(rows, strip)]));
    const inOrder = order.map(place => rows[place] as number);
    const { values } = await this.#run('gather', this.#chosen(inOrder));
    const found = values?.data as Float32Array;
    if (order.every((place, index) => place === index)) return found;
    const vectors = new Float32Array(found.length);
    scatter(found, order, this.tile.dimensions, vectors);
    return vectors;
  }

  release(): Promise<void> {
    return this.#session.release();
  }

  async #run(mode: keyof typeof TILE_MODES, feeds: Feeds): Promise<Answer> {
    const session = await this.#session.get();
    return session.run({ ...this.#unused, ...feeds, ...flags(mode) });
  }

  /** For each strip the rows in it. */
  #chosen(rows: Int32Array): Feeds {
    const feeds = this.#strips.map((strip, index) => {
      const within = placesWithin(rows, strip).map(place => (rows[place] as number) - strip.firstRow);
      return [`chosen_${index}`, new Tensor('int32', within, [within.length])] as const;
    });
    return Object.fromEntries(feeds);
  }
}

function flags(mode: keyof typeof TILE_MODES): Feeds {
  return Object.fromEntries(
    Object.entries(TILE_MODES[mode]).map(([name, isSet]) => [
      name,
      new Tensor('bool', Uint8Array.of(isSet ? 1 : 0), [1])
    ])
  );
}
