/**
 * How many people a search for moves looks at. Where little is to be moved, a part of them does: the moves that lose least among a
 * sixteenth lose hardly more than those among all.
 */
import { mixHash } from '../tiles/mix-hash.js';

/** One of so many parts of each tile: a power of two. */
export interface ScanPart {
  readonly parts: number;
  readonly seed: number;
}

export const EVERYBODY: ScanPart = { parts: 1, seed: 0 };

export interface PersonRange {
  readonly from: number;
  readonly to: number;
}

export const MOST_PARTS = 16;
/** Fewer cells are looked at in no time. */
const FEW_CELLS = 2 ** 21;
/** What the moves may lose, of all there is. */
const TOLERANCE = 1e-4;

/**
 * In how many parts people may be divided so that the moves found in one of them lose little: where e of what is used of a limit is to
 * move, and a share s is looked at, the margins of up to the e / s-th part of all are lost for the e-th part.
 */
export function partsFor(moves: Float64Array, usage: Float64Array, cells: number): number {
  let [loss, all] = [0, 0];
  for (const [limit, used] of usage.entries()) {
    loss += (moves[limit] as number) ** 2 / Math.max(1, used);
    all += used;
  }
  const most = Math.min(MOST_PARTS, cells / FEW_CELLS, (TOLERANCE * 2 * all) / loss);
  return most >= 2 ? 2 ** Math.floor(Math.log2(most)) : 1;
}

/** Which people of a tile are in the part: a range, elsewhere in each tile. */
export function rangeOf({ parts, seed }: ScanPart, people: number, index: number): PersonRange {
  const block = mixHash(index, seed) & (parts - 1);
  return { from: Math.floor((block * people) / parts), to: Math.floor(((block + 1) * people) / parts) };
}
