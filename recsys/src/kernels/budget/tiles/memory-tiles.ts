/** Tiles that lie in memory. */
import type { Tile, Tiles } from '../problem.js';

/** `people`: how many the tiles hold, with those who have no candidate; `share`: how many of everybody that is, from 0 to 1. */
export function memoryTiles(tiles: readonly Tile[], share: number, people: number): Tiles {
  return {
    count: tiles.length,
    share,
    people,
    tile: index => {
      const tile = tiles[index];
      if (tile === undefined) throw new RangeError(`tile ${index}: want one of the ${tiles.length}`);
      return tile;
    }
  };
}
