import { time } from './text.js';

test.each([
  [new Date(0).toISOString(), true],
  ['2026-01-31T12:00:00Z', true],
  ['2026-01-31T12:00:00.123456789+01:00', true],
  ['2026-01-31', false],
  ['2026-01-31 12:00:00Z', false],
  ['2026-01-31T12:00:00', false],
  ['2026-01-31T12:00:00Z\n', false],
  ['', false]
])('%p as a time: %p', (text, want) => {
  expect(time().safeParse(text).success).toBe(want);
});
