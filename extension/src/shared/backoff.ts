/** How long to wait before the next try to connect. */

const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/**
 * Doubles from half a second to 15 s; the jitter keeps the browsers of many people from coming back at the same time.
 *
 * @param failures - Tries that failed in a row, 1 or more.
 * @param random - In [0, 1).
 * @returns milliseconds, within 30 % of the plain doubling.
 */
export function backoffMs(failures: number, random: number): number {
  const plain = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 20));
  return Math.round(plain * (0.7 + 0.6 * random));
}
