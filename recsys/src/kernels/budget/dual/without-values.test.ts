import { memoryTiles } from '../tiles/memory-tiles.js';
import { NOTHING } from '../problem.js';
import { drawnProblem, KINDS } from '../testing/drawn-problem.js';
import { tilesOf } from '../testing/tiny-problem.js';
import { withoutValues } from './without-values.js';

function tilesWith(values: readonly number[]) {
  const tiny = drawnProblem(KINDS.easy, 2, 1);
  const tile = tilesOf(tiny).tile(0);
  const value = Float32Array.from(tile.value, (_, cell) => values[cell] ?? NOTHING);
  return memoryTiles([{ ...tile, value }, tile], 0.25, 8);
}

test('who has a candidate still has it, worth 0; who has none has none', () => {
  const tiles = withoutValues(tilesWith([3, NOTHING, -2, 0]));
  expect([tiles.count, tiles.share, tiles.people]).toEqual([2, 0.25, 8]);
  const { value, option } = tiles.tile(0);
  expect([...value.slice(0, 5)]).toEqual([0, Math.fround(NOTHING), 0, 0, Math.fround(NOTHING)]);
  expect(option).toEqual(tilesWith([]).tile(0).option);
});

test('the tiles themselves keep their values', () => {
  const tiles = tilesWith([3]);
  withoutValues(tiles).tile(0);
  expect(tiles.tile(0).value[0]).toBe(3);
});
