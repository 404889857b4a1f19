/** Axes of a chart. Pure. */

/**
 * Round numbers inside `[least, greatest]`: multiples of 1, 2 or 5 times a power of ten.
 *
 * @param wanted - About how many; the result has between one and about twice as many.
 * @returns ascending; the one value itself where the range is empty.
 */
export function ticks(least: number, greatest: number, wanted: number): number[] {
  if (!(greatest > least)) return [least];
  const step = niceStep((greatest - least) / Math.max(1, wanted));
  const first = Math.ceil(least / step - 1e-9);
  const last = Math.floor(greatest / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** The least of 1, 2, 5, 10 times a power of ten that is not below `raw`. */
function niceStep(raw: number): number {
  const power = 10 ** Math.floor(Math.log10(raw));
  const factor = [1, 2, 5, 10].find(candidate => candidate * power >= raw * (1 - 1e-9)) ?? 10;
  return factor * power;
}
