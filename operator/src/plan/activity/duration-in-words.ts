/** Says how long something took, for people: `45 s`, `12 min`, `2 h 5 min`, `3 d 4 h`. */

const UNITS: readonly [string, number][] = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1]
];

/** At most two units that follow each other, rounded down to the smaller one; seconds only below a minute. */
export function durationInWords(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const at = UNITS.findIndex(([, size]) => seconds >= size);
  const [unit, size] = UNITS[at] ?? ['s', 1];
  const [next, nextSize] = UNITS[at + 1] ?? ['s', 1];
  const rest = Math.floor((seconds % size) / nextSize);
  const first = `${Math.floor(seconds / size)} ${unit}`;
  return rest === 0 || at < 0 || next === 's' ? first : `${first} ${rest} ${next}`;
}
