/** How the columns of a tile are to be read. */
import type { Problem, Tile } from '../problem.js';

/** The columns of one channel. */
export interface ColumnBlock {
  readonly from: number;
  readonly to: number;
  readonly isCounted: boolean;
  /** f32[people] or f32[1]. */
  readonly caps: Float32Array;
}

export interface TileColumns {
  readonly tile: Tile;
  readonly width: number;
  /** Whether everybody has the same option in a column. */
  readonly isShared: boolean;
  /** Those that are not empty, the counted ones first. */
  readonly blocks: readonly ColumnBlock[];
  /** How many of them are counted. */
  readonly countedBlocks: number;
}

export function columnsOf(tile: Tile, { caps }: Problem): TileColumns {
  const blocks: ColumnBlock[] = [];
  let from = 0;
  for (const [channel, width] of tile.widths.entries()) {
    const isCounted = caps.channels[channel]?.isCounted !== false;
    const to = from + width;
    if (width > 0) blocks.push({ from, to, isCounted, caps: tile.channelCaps[channel] as Float32Array });
    from = to;
  }
  blocks.sort((one, other) => Number(other.isCounted) - Number(one.isCounted));
  const countedBlocks = blocks.filter(({ isCounted }) => isCounted).length;
  return { tile, width: from, isShared: tile.first.length > 0, blocks, countedBlocks };
}

/** Of a list of one for each person, or one for all. */
export function ownOf(list: Float32Array, person: number): number {
  return list[list.length === 1 ? 0 : person] as number;
}

export function optionAt({ tile, isShared }: TileColumns, column: number, person: number): number {
  return tile.option[isShared ? column : column * tile.people + person] as number;
}

export function candidateAt({ tile, isShared }: TileColumns, column: number, person: number): number {
  const { candidate, first, people } = tile;
  if (isShared) return (first[person] as number) + (candidate[column] as number);
  return candidate[column * people + person] as number;
}
