/** Where a small line goes. Pure. */

export type Point = readonly [step: number, value: number];

export interface IBox {
  readonly width: number;
  readonly height: number;
  /** Room kept free on every side, so that the line's own width is not cut off. */
  readonly inset: number;
}

/**
 * SVG path of a line through the points, scaled so that they fill the box; y grows upward.
 *
 * Points that are not finite are left out. One point, or points of equal value, give a level line at half height.
 *
 * @param range - Values at the bottom and the top; default: the least and greatest of the points.
 * @returns the empty string without any point.
 */
export function linePath(points: readonly Point[], box: IBox, range?: readonly [number, number]): string {
  const finite = points.filter(([step, value]) => Number.isFinite(step) && Number.isFinite(value));
  const first = finite[0];
  if (first === undefined) return '';
  const toX = scale(extent(finite.map(([step]) => step)), box.inset, box.width - box.inset);
  const toY = scale(range ?? extent(finite.map(([, value]) => value)), box.height - box.inset, box.inset);
  if (finite.length === 1) {
    const y = rounded(toY(first[1]));
    return `M${box.inset} ${y}L${box.width - box.inset} ${y}`;
  }
  return finite
    .map(([step, value], index) => `${index === 0 ? 'M' : 'L'}${rounded(toX(step))} ${rounded(toY(value))}`)
    .join('');
}

/** Least and greatest; `[0, 0]` of nothing. */
export function extent(values: readonly number[]): readonly [number, number] {
  if (values.length === 0) return [0, 0];
  return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
}

/** Maps `[least, greatest]` onto `[from, to]`; an empty range onto the middle. */
export function scale(
  [least, greatest]: readonly [number, number],
  from: number,
  to: number
): (value: number) => number {
  const span = greatest - least;
  if (!(span > 0)) return () => (from + to) / 2;
  return value => from + ((value - least) / span) * (to - from);
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
