import { DayCurve } from './day-curve.js';
import { DayProgress } from './day-progress.js';

const HOUR_MS = 3_600_000;
const at = (hours: number): number => hours * HOUR_MS;
const curve = new DayCurve({ startMs: 0, intervalMs: HOUR_MS, arrivals: [100, 100, 100, 100] });

describe('DayProgress', () => {
  test('a limit of the morning is over with the morning, one of the evening waits for it', () => {
    const fromMs = Float64Array.of(0, at(3));
    const toMs = Float64Array.of(at(1), at(4));
    const day = new DayProgress(curve, { fromMs, toMs });
    const parts = [0, 0.5, 1, 3.5].map(hours => [day.partDone(0, at(hours)), day.partDone(1, at(hours))]);
    expect(parts).toEqual([
      [0, 0],
      [0.5, 0],
      [1, 0],
      [1, 0.5]
    ]);
    expect(day.arrivalsLeft(0, at(2))).toBe(1);
    expect(day.arrivalsLeft(1, at(2))).toBeCloseTo(100, 0);
  });

  test('an hour without anybody leaves less for the rest of the day, and no less than is still to come', () => {
    const day = new DayProgress(curve, {});
    const before = day.arrivalsLeft(0, at(1));
    expect(before).toBeCloseTo(299.2, 6);
    expect(day.arrivalsLeft(0, at(2))).toBeCloseTo(199.2, 6);
  });

  test('once it is known that twice as many come, twice as many are still to come', () => {
    const day = new DayProgress(curve, {}, [200, 200, 200, 0]);
    day.count(at(3.5));
    expect(day.arrivalsLeft(0, at(3.5))).toBeCloseTo(2 * (50 - 0.8), 6);
    expect(day.arrivals).toBe(601);
    expect(day.seen).toEqual([200, 200, 200, 1]);
  });

  test('one wrong clock reading changes nothing of what is thought later', () => {
    const [right, wrong] = [new DayProgress(curve, {}), new DayProgress(curve, {})];
    for (const [index, hours] of [0.1, 0.2, 1.1, 1.2, 2.1, 2.2].entries()) {
      right.count(at(hours));
      wrong.count(index === 2 ? at(3.9) : at(hours));
    }
    right.count(at(2.3));
    wrong.count(at(2.3));
    expect(wrong.partDone(0, at(2.3))).toBe(right.partDone(0, at(2.3)));
    expect(wrong.arrivals).toBe(right.arrivals);
  });
});
