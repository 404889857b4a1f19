import { memoryTiles } from '../tiles/memory-tiles.js';
import { NOTHING } from '../problem.js';
import { drawnProblem, KINDS } from '../testing/drawn-problem.js';
import { tilesOf } from '../testing/tiny-problem.js';
import { valueScale } from './value-scale.js';

test.each([
  ['magnitudes count for the mean, candidates only', [3, NOTHING, -1, 2], { mean: 2, most: 3, worst: -1 }],
  ['nothing is worth anything: the mean can still be divided by', [0, 0], { mean: 1, most: 0, worst: 0 }],
  ['all are negative: none is above 0', [-4, -2], { mean: 3, most: 0, worst: -6 }],
  ['nobody has a candidate', [], { mean: 1, most: 0, worst: 0 }]
])('%s', (_name, values, want) => {
  const tile = tilesOf(drawnProblem(KINDS.easy, 2, 1)).tile(0);
  const value = Float32Array.from(tile.value, (_, cell) => values[cell] ?? NOTHING);
  expect(valueScale(memoryTiles([{ ...tile, value }], 1, 2))).toEqual(want);
});
