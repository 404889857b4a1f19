/** How a tile lies in bytes, in memory as in a file: its arrays one after the other, each at a multiple of 64 bytes. */
import type { Tile } from '../../kernels/budget/problem.js';

/** Where a tile is, and how long its arrays are. */
export interface TilePlace {
  /** In bytes, from the beginning of what it lies in. */
  readonly offset: number;
  readonly bytes: number;
  readonly people: number;
  readonly widths: readonly number[];
  readonly lengths: readonly number[];
}

const ALIGNMENT = 64;

type Part = Float32Array | Int32Array | Uint32Array;

export function placeTile(tile: Tile, offset: number): TilePlace {
  const lengths = partsOf(tile).map(({ length }) => length);
  return { offset, bytes: offsetsOf(lengths).end, people: tile.people, widths: tile.widths, lengths };
}

/** Copies a tile to where it is to lie, `bytes` being just that. */
export function writeTile(tile: Tile, bytes: Uint8Array): void {
  const parts = partsOf(tile);
  const { starts } = offsetsOf(parts.map(({ length }) => length));
  parts.forEach((part, index) => {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), starts[index]);
  });
}

/** A tile as views of the bytes it lies in, from `offset` of `buffer` on. */
export function viewTile({ people, widths, lengths }: TilePlace, buffer: ArrayBuffer, offset: number): Tile {
  const { starts } = offsetsOf(lengths);
  const at = (index: number): number => offset + (starts[index] ?? 0);
  const lengthOf = (index: number): number => lengths[index] ?? 0;
  const floats = (index: number): Float32Array => new Float32Array(buffer, at(index), lengthOf(index));
  return {
    people,
    widths,
    value: floats(0),
    option: new Int32Array(buffer, at(1), lengthOf(1)),
    candidate: new Uint32Array(buffer, at(2), lengthOf(2)),
    first: new Uint32Array(buffer, at(3), lengthOf(3)),
    personCap: floats(4),
    channelCaps: lengths.slice(5).map((_, channel) => floats(5 + channel))
  };
}

function partsOf({ value, option, candidate, first, personCap, channelCaps }: Tile): Part[] {
  return [value, option, candidate, first, personCap, ...channelCaps];
}

function offsetsOf(lengths: readonly number[]): { starts: number[]; end: number } {
  let end = 0;
  const starts = lengths.map(length => {
    const start = end;
    end += Math.ceil((length * 4) / ALIGNMENT) * ALIGNMENT;
    return start;
  });
  return { starts, end };
}
