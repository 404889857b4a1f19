/** The same people and candidates, with nothing to gain: what is left to ask is whether limits can be kept. */
import { NOTHING } from '../problem.js';
import type { Tiles } from '../problem.js';

/** Tiles in which every candidate is worth 0. A tile is valid until the next one is asked for, whatever `tiles` says. */
export function withoutValues(tiles: Tiles): Tiles {
  let zeros = new Float32Array(0);
  return {
    count: tiles.count,
    share: tiles.share,
    people: tiles.people,
    tile: index => {
      const tile = tiles.tile(index);
      const cells = tile.value.length;
      if (zeros.length < cells) zeros = new Float32Array(cells);
      const value = zeros.subarray(0, cells);
      for (let cell = 0; cell < cells; cell += 1) value[cell] = (tile.value[cell] as number) > NOTHING ? 0 : NOTHING;
      return { ...tile, value };
    }
  };
}
