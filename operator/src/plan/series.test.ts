import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { appendPoint, EMPTY_SERIES, MOST_SERIES_POINTS } from './series.js';
import type { MetricSeries, SeriesPoint } from './series.js';

function seriesOf(points: readonly SeriesPoint[]): MetricSeries {
  return points.reduce(appendPoint, EMPTY_SERIES);
}

function numbered(values: readonly number[]): SeriesPoint[] {
  return values.map((y, x) => ({ x, y }));
}

test('as long as there is room every point is kept', () => {
  const points = numbered(Array.from({ length: 150 }, (_, index) => Math.sin(index)));
  expect(seriesOf(points).points).toEqual(points);
});

test('a value that is not finite is left out', () => {
  const series = seriesOf(numbered([1, 2]));
  expect(appendPoint(series, { x: 3, y: NaN })).toBe(series);
  expect(appendPoint(series, { x: Infinity, y: 1 })).toBe(series);
});

test('the same point again and again stays within bounds', () => {
  const point = { x: 1, y: 1 };
  expect(seriesOf(Array<SeriesPoint>(5_000).fill(point)).points.length).toBeLessThanOrEqual(MOST_SERIES_POINTS);
});

test('a spike of one point in a hundred thousand is still seen', () => {
  const values = Array.from({ length: 100_000 }, (_, index) => (index === 31_337 ? 99 : 1 / (index + 1)));
  expect(seriesOf(numbered(values)).points).toContainEqual({ x: 31_337, y: 99 });
});

test('a series is not changed by what is appended to it', () => {
  const series = seriesOf(numbered([3, 1, 2]));
  const before = structuredClone(series);
  appendPoint(series, { x: 9, y: 9 });
  expect(series).toEqual(before);
});

test('bounded; the first, the newest, the lowest and the highest are there; in order; old and new about equally dense', () => {
  const values = fc
    .integer({ min: 1, max: 4_000 })
    .chain(length => fc.array(fc.integer({ min: -50, max: 50 }), { minLength: length, maxLength: length }));
  fc.assert(
    fc.property(values, drawn => {
      const all = numbered(drawn);
      const { points } = seriesOf(all);
      const xs = points.map(point => point.x);
      const ys = points.map(point => point.y);
      expect(points.length).toBeLessThanOrEqual(MOST_SERIES_POINTS);
      expect([points[0], points.at(-1)]).toEqual([all[0], all.at(-1)]);
      expect([Math.min(...ys), Math.max(...ys)]).toEqual([Math.min(...drawn), Math.max(...drawn)]);
      expect(xs).toEqual([...new Set(xs)].sort((a, b) => a - b));
      const gaps = xs.slice(1).map((x, index) => x - (xs[index] ?? 0));
      expect(Math.max(1, ...gaps)).toBeLessThanOrEqual(Math.max(1, (8 * all.length) / 100));
    }),
    // Shrinking thousands of numbers takes longer than reading them.
    { numRuns: 60, endOnFailure: true }
  );
});
