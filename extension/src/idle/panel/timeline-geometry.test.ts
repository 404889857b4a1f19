import { coursePath, spanOf, stretches, xOf, type TimelinePoint } from './timeline-geometry.js';

const NOW = 7_200_000;
const SPAN = { fromMs: 0, toMs: NOW };
const LANE = { width: 240, height: 20 };
const MINUTE = 60_000;

const point = (minute: number, changes: Partial<TimelinePoint> = {}): TimelinePoint => ({
  atMs: minute * MINUTE,
  state: 'idle',
  cpu: 0,
  gpu: null,
  input: false,
  ...changes
});

test('two hours ago is at the left, now at the right', () => {
  expect([xOf(0, SPAN, LANE), xOf(NOW / 2, SPAN, LANE), xOf(NOW, SPAN, LANE)]).toEqual([0, 120, 240]);
});

test('it begins with what is known, two hours ago at most', () => {
  expect(spanOf([point(110)], NOW)).toEqual({ fromMs: 110 * MINUTE, toMs: NOW });
  expect(spanOf([point(-60)], NOW)).toEqual(SPAN);
  expect(spanOf([], NOW)).toEqual({ fromMs: 119 * MINUTE, toMs: NOW });
});

test('what was not measured breaks the line, and is no zero', () => {
  const points = [point(0, { cpu: 1 }), point(1, { cpu: null }), point(2, { cpu: 2 }), point(3, { cpu: 0 })];
  expect(coursePath(points, ({ cpu }) => cpu, SPAN, 2, LANE)).toBe('M0 10M4 0L6 20');
});

test('nothing is drawn over a time that nobody observed', () => {
  const points = [point(0), point(1), point(30), point(31)];
  expect(coursePath(points, ({ cpu }) => cpu, SPAN, 1, LANE)).toBe('M0 20L2 20M60 20L62 20');
});

test('what is more than the lane has room for stays in it', () => {
  expect(coursePath([point(0, { cpu: 9 })], ({ cpu }) => cpu, SPAN, 1, LANE)).toBe('M0 0');
});

test('times of the same state are joined, and end at a gap', () => {
  const busy = { state: 'busy' };
  const points = [point(0), point(1, busy), point(2, busy), point(3), point(4, busy), point(60, busy)];
  expect(stretches(points, ({ state }) => state === 'busy')).toEqual([
    { fromMs: 0, toMs: 2 * MINUTE },
    { fromMs: 3 * MINUTE, toMs: 4 * MINUTE }
  ]);
});
