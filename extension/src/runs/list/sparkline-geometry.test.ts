import { ticks } from '../page/chart-scale.js';
import { formatFigure } from './figure.js';
import { linePath, type Point } from './sparkline-geometry.js';

const BOX = { width: 100, height: 20, inset: 2 };

test.each<{ name: string; points: Point[]; want: string }>([
  { name: 'nothing', points: [], want: '' },
  { name: 'one point is a level line', points: [[5, 7]], want: 'M2 10L98 10' },
  { name: 'growing values go up', points: [[0, 0], [1, 1]], want: 'M2 18L98 2' }, // prettier-ignore
  { name: 'equal values stay in the middle', points: [[0, 3], [1, 3]], want: 'M2 10L98 10' }, // prettier-ignore
  { name: 'what is not finite is left out', points: [[0, 0], [1, NaN], [2, 1]], want: 'M2 18L98 2' } // prettier-ignore
])('$name', ({ points, want }) => {
  expect(linePath(points, BOX)).toBe(want);
});

test.each([
  { least: 0, greatest: 990, wanted: 6, want: [0, 200, 400, 600, 800] },
  { least: 0.13, greatest: 0.52, wanted: 4, want: [0.2, 0.3, 0.4, 0.5] },
  { least: -3, greatest: 3, wanted: 3, want: [-2, 0, 2] },
  { least: 4, greatest: 4, wanted: 3, want: [4] }
])('ticks between $least and $greatest are round', ({ least, greatest, wanted, want }) => {
  expect(ticks(least, greatest, wanted)).toEqual(want);
});

test.each([
  { value: 0.312345, want: '0.3123' },
  { value: 1e-5, want: '1.00e-5' },
  { value: 0, want: '0' },
  { value: 123456, want: '123500' },
  { value: Number.NaN, want: 'NaN' }
])('$value reads "$want"', ({ value, want }) => {
  expect(formatFigure(value)).toBe(want);
});
