import { expect, test } from '@jest/globals';
import { durationInWords } from './duration-in-words.js';

test.each([
  [-5, '0 s'],
  [0, '0 s'],
  [999, '0 s'],
  [45_000, '45 s'],
  [60_000, '1 min'],
  [119_999, '1 min'],
  [3_600_000, '1 h'],
  [7_500_000, '2 h 5 min'],
  [86_400_000, '1 d'],
  [86_400_000 + 59 * 60_000, '1 d'],
  [273_600_000, '3 d 4 h']
])('%d ms are %s', (ms, words) => {
  expect(durationInWords(ms)).toBe(words);
});
