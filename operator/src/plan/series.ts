/**
 * Decides which points of a metric are kept, so that hours of training fit into one small picture.
 *
 * Points are gathered in buckets of equal size; of each bucket the lowest and the highest are kept, so that a spike in the
 * loss is never averaged away. When there is no more room, neighbouring buckets merge and new ones are larger: old and
 * recent points always have about the same resolution. The first point and the newest one are always there.
 */

/** One value of a metric; `x` is a step or a time, as long as it is the same in one series. */
export interface SeriesPoint {
  readonly x: number;
  readonly y: number;
}

/** What is kept of one metric. Show `points`; the rest is for `appendPoint`. */
export interface MetricSeries {
  /** In the order in which they came. */
  readonly points: readonly SeriesPoint[];
  /** How many of `points` are final; those after them belong to the bucket that is still filling, or are the newest. */
  readonly closed: number;
  /** How many points a bucket takes, and how many are in the one that is filling. */
  readonly bucketSize: number;
  readonly filling: number;
}

export const MOST_SERIES_POINTS = 200;

/** At most so many points are kept of the bucket that is filling: the lowest, the highest, the newest. */
const FILLING_POINTS = 3;

export const EMPTY_SERIES: MetricSeries = { points: [], closed: 0, bucketSize: 1, filling: 0 };

/**
 * The series with one more point; `series` is not changed. A point that is not finite is left out.
 *
 * Cost: O(1) points are looked at, but for the copy, and O(200) when the buckets merge.
 */
export function appendPoint(series: MetricSeries, point: SeriesPoint): MetricSeries {
  if (!Number.isFinite(point.x) || !Number.isFinite(point.y)) return series;
  const done = series.points.slice(0, series.closed);
  const kept = extremes([...series.points.slice(series.closed), point]);
  const newest = kept.at(-1) === point ? [] : [point];
  const filling = series.filling + 1;
  if (filling < series.bucketSize) return { ...series, points: [...done, ...kept, ...newest], filling };
  return { ...closeBucket([...done, ...kept], newest, series.bucketSize), filling: 0 };
}

/** `newest` is shown behind the closed buckets as long as nothing newer comes. */
function closeBucket(
  closed: readonly SeriesPoint[],
  newest: readonly SeriesPoint[],
  bucketSize: number
): Omit<MetricSeries, 'filling'> {
  if (closed.length <= MOST_SERIES_POINTS - FILLING_POINTS) {
    return { points: [...closed, ...newest], closed: closed.length, bucketSize };
  }
  const merged = mergeBuckets(closed);
  // Single points become pairs out of four; a pair and its neighbour become one pair.
  return {
    points: [...merged, ...newest],
    closed: merged.length,
    bucketSize: bucketSize === 1 ? 4 : bucketSize * 2
  };
}

/** The lowest and the highest point, in their order; of equal ones the first lowest and the last highest. */
function extremes(points: readonly SeriesPoint[]): SeriesPoint[] {
  let low = 0;
  let high = 0;
  for (const [index, { y }] of points.entries()) {
    if (y < (points[low]?.y ?? y)) low = index;
    if (y >= (points[high]?.y ?? y)) high = index;
  }
  return points.filter((_, index) => index === low || index === high);
}

/** Keeps the ends, and of every four points between them the lowest and the highest. */
function mergeBuckets(points: readonly SeriesPoint[]): SeriesPoint[] {
  const inner = points.slice(1, -1);
  const merged: SeriesPoint[] = points.slice(0, 1);
  for (let at = 0; at < inner.length; at += 4) merged.push(...extremes(inner.slice(at, at + 4)));
  return [...merged, ...points.slice(-1)];
}
