import { backoffMs } from './backoff.js';

test('pauses double up to 15 s', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 1000].map(failures => backoffMs(failures, 0.5))).toEqual([
    500, 1000, 2000, 4000, 8000, 15000, 15000, 15000
  ]);
});

test('jitter keeps within 30 %', () => {
  expect(backoffMs(3, 0)).toBe(1400);
  expect(backoffMs(3, 0.999999)).toBe(2600);
});
