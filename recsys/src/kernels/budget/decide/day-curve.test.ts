import fc from 'fast-check';
import { DayCurve, learnArrivals } from './day-curve.js';
import { amount } from '../testing/amounts.js';

const HOUR_MS = 3_600_000;
const START_MS = 1_700_000_000_000;

function curveOf(...arrivals: number[]): DayCurve {
  return new DayCurve({ startMs: START_MS, intervalMs: HOUR_MS, arrivals });
}

describe('DayCurve', () => {
  test('expects everybody before the day, nobody after it, and goes down evenly within an interval', () => {
    const curve = curveOf(100, 0, 300);
    const after = (hours: number): number => curve.expectedAfter(START_MS + hours * HOUR_MS);
    expect([-5, 0, 0.25, 1, 1.5, 2.5, 3, 99].map(after)).toEqual([400, 400, 375, 300, 300, 150, 0, 0]);
    expect(curve.endMs).toBe(START_MS + 3 * HOUR_MS);
  });

  test('never expects more later than earlier, nor more than there are', () => {
    const counts = fc.array(amount(0, 1e9), { minLength: 1, maxLength: 50 });
    const hour = amount(-10, 60);
    fc.assert(
      fc.property(counts, hour, hour, (arrivals, one, other) => {
        fc.pre(arrivals.some(count => count > 0));
        const curve = curveOf(...arrivals);
        const [early, late] = [Math.min(one, other), Math.max(one, other)].map(hours =>
          curve.expectedAfter(START_MS + hours * HOUR_MS)
        ) as [number, number];
        expect(late).toBeLessThanOrEqual(early + 1e-9 * curve.total);
        expect(early).toBeLessThanOrEqual(curve.total);
        expect(late).toBeGreaterThanOrEqual(-1e-9 * curve.total);
      })
    );
  });

  test.each([
    ['a fifth more all day', [120, 120, 120, 120, 120, 120], 6, 1.2],
    ['a burst and an outage, which say nothing of the rest', [100, 900, 100, 0, 100, 100], 6, 1],
    ['nothing yet', [0, 0, 0, 0, 0, 0], 0, 1],
    ['one interval, not enough to believe it', [500, 0, 0, 0, 0, 0], 1, 1],
    ['intervals that are not over do not count', [100, 100, 100, 100, 7, 0], 4, 1]
  ])('%s', (_name, seen, interval, want) => {
    expect(curveOf(100, 100, 100, 100, 100, 100).timesExpected(seen, interval)).toBeCloseTo(want, 12);
  });

  test('intervals in which nobody is expected are no news, whoever came', () => {
    expect(curveOf(0, 0, 0, 0, 100).timesExpected([9, 9, 9, 9, 0], 4)).toBe(1);
  });

  test.each([
    [{ arrivals: [] }, /expects nobody/],
    [{ arrivals: [0, 0] }, /expects nobody/],
    [{ arrivals: [1, -1] }, /curve.arrivals\[1\] is -1/],
    [{ arrivals: [NaN] }, /curve.arrivals\[0\] is NaN/],
    [{ intervalMs: 0 }, /curve.intervalMs is 0/],
    [{ startMs: NaN }, /curve.startMs is NaN/]
  ])('refuses %p', (change, message) => {
    expect(() => new DayCurve({ startMs: 0, intervalMs: 1, arrivals: [1], ...change })).toThrow(message);
  });
});

describe('learnArrivals', () => {
  test('moves the expectation towards the day', () => {
    expect([...learnArrivals([100, 200], [200, 0], 0.25)]).toEqual([125, 150]);
  });

  test.each([
    [[1], 0.5, /seen has 1 intervals: want 2/],
    [[1, 2], 1.5, /weight is 1.5/],
    [[1, 2], NaN, /weight is NaN/]
  ])('refuses %p by %p', (seen, weight, message) => {
    expect(() => learnArrivals([1, 2], seen, weight)).toThrow(message);
  });
});
