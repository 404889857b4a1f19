/** Where tiles are kept: in memory, in few large pieces; or in a file, from which they are read when they are asked for. */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import type { Tile, Tiles } from '../../kernels/budget/problem.js';
import { placeTile, type TilePlace, viewTile, writeTile } from './tile-layout.js';

export interface TileStore {
  readonly count: number;
  /** Bytes that it takes, in memory or of the file. */
  readonly bytes: number;
  /** Where the tiles lie. */
  readonly places: readonly TilePlace[];
  add(tile: Tile): void;
  /** What it gives is valid until the next call. */
  tile(index: number): Tile;
  close(): void;
}

/** Tiles of a store from the first on, as a level of the solver. */
export function tilesOf(store: TileStore, share: number, people: number): Tiles {
  return { count: store.count, share, people, tile: index => store.tile(index) };
}

/** Some systems move no more than 2 GiB at a time. */
const MOST_MOVED_BYTES = 2 ** 30;
/** Each piece is twice as large as the one before, within these. */
const SLAB_BYTES = { least: 2 ** 16, most: 2 ** 26 };

/** @param needRoom  asked before so many bytes more are taken; throws where they are not there */
export class MemoryStore implements TileStore {
  readonly #slabs: ArrayBuffer[] = [];
  readonly #slabOf: ArrayBuffer[] = [];
  readonly places: TilePlace[] = [];
  #end = 0;
  bytes = 0;

  constructor(private readonly needRoom: (bytes: number) => void = () => undefined) {}

  get count(): number {
    return this.places.length;
  }

  add(tile: Tile): void {
    const { bytes } = placeTile(tile, 0);
    const slab = this.#room(bytes);
    const place = placeTile(tile, this.#end);
    writeTile(tile, new Uint8Array(slab, place.offset, bytes));
    this.places.push(place);
    this.#slabOf.push(slab);
    this.#end += bytes;
  }

  tile(index: number): Tile {
    const [place, slab] = [this.places[index], this.#slabOf[index]];
    if (place === undefined || slab === undefined) throw missing(index, this.count);
    return viewTile(place, slab, place.offset);
  }

  close(): void {
    this.#slabs.length = this.#slabOf.length = this.places.length = 0;
  }

  /** The last piece, or a new one: untouched pages of it take no memory. */
  #room(bytes: number): ArrayBuffer {
    const last = this.#slabs.at(-1);
    if (last !== undefined && this.#end + bytes <= last.byteLength) return last;
    const usual = Math.min(SLAB_BYTES.most, Math.max(SLAB_BYTES.least, 2 * (last?.byteLength ?? 0)));
    this.needRoom(Math.max(usual, bytes));
    const slab = new ArrayBuffer(Math.max(usual, bytes));
    this.#slabs.push(slab);
    this.#end = 0;
    this.bytes += slab.byteLength;
    return slab;
  }
}

/** Read with the system's own read-ahead, into one buffer that all tiles share. */
export class FileStore implements TileStore {
  readonly #file: number;
  readonly places: TilePlace[];
  #buffer = new ArrayBuffer(0);

  /** @param places  of the tiles that the file has; none: it is made anew */
  constructor(path: string, places: readonly TilePlace[] = []) {
    this.places = [...places];
    this.#file = openSync(path, places.length === 0 ? 'w+' : 'r', 0o600);
  }

  get count(): number {
    return this.places.length;
  }

  get bytes(): number {
    const last = this.places.at(-1);
    return last === undefined ? 0 : last.offset + last.bytes;
  }

  add(tile: Tile): void {
    const place = placeTile(tile, this.bytes);
    const buffer = this.#bufferFor(place.bytes);
    writeTile(tile, new Uint8Array(buffer, 0, place.bytes));
    this.#move(place, (bytes, at) => writeSync(this.#file, bytes, 0, bytes.length, at));
    this.places.push(place);
  }

  tile(index: number): Tile {
    const place = this.places[index];
    if (place === undefined) throw missing(index, this.count);
    this.#bufferFor(place.bytes);
    this.#move(place, (bytes, at) => readSync(this.#file, bytes, 0, bytes.length, at));
    return viewTile(place, this.#buffer, 0);
  }

  close(): void {
    closeSync(this.#file);
  }

  #bufferFor(bytes: number): ArrayBuffer {
    if (this.#buffer.byteLength < bytes) this.#buffer = new ArrayBuffer(bytes);
    return this.#buffer;
  }

  /** The system may move fewer bytes than it was asked to. */
  #move({ offset, bytes }: TilePlace, move: (bytes: Uint8Array, at: number) => number): void {
    for (let done = 0; done < bytes;) {
      const moved = move(new Uint8Array(this.#buffer, done, Math.min(bytes - done, MOST_MOVED_BYTES)), offset + done);
      if (moved === 0) throw new Error('the file of a budget’s tiles is shorter than it has to be');
      done += moved;
    }
  }
}

function missing(index: number, count: number): RangeError {
  return new RangeError(`tile ${index}: want one of the ${count}`);
}
