import { formatBytes } from './byte-size.js';
import { formatElapsed } from './elapsed.js';

test.each([
  { spanMs: 0, want: '0 s' },
  { spanMs: 59_999, want: '59 s' },
  { spanMs: 60_000, want: '1 min 00 s' },
  { spanMs: 185_000, want: '3 min 05 s' },
  { spanMs: 2 * 3_600_000 + 4 * 60_000, want: '2 h 04 min' },
  { spanMs: 76 * 3_600_000, want: '3 d 4 h' },
  { spanMs: -5_000, want: '0 s' },
  { spanMs: Number.NaN, want: '0 s' }
])('a span of $spanMs ms reads "$want"', ({ spanMs, want }) => {
  expect(formatElapsed(spanMs)).toBe(want);
});

test.each([
  { bytes: 0, want: '0 B' },
  { bytes: 1023, want: '1023 B' },
  { bytes: 1536, want: '1.5 KiB' },
  { bytes: 31 * 1024 ** 3, want: '31 GiB' },
  { bytes: 4096 * 1024 ** 4, want: '4096 TiB' }
])('$bytes bytes read "$want"', ({ bytes, want }) => {
  expect(formatBytes(bytes)).toBe(want);
});
