/** Where the lines and marks of a timeline go. Pure. */
import type { ActivityView } from '@berth/gateway/contract';

export type TimelinePoint = ActivityView['timelines'][number]['points'][number];

const LONGEST_MS = 2 * 3600_000;
const SHORTEST_MS = 60_000;

/** The time from its left edge to its right. */
export interface ISpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Room of one lane, in the units of its view box. */
export interface ILane {
  readonly width: number;
  readonly height: number;
}

/** All that is known of the last two hours, so that a kernel that has just begun is no dot at the edge. */
export function spanOf(points: readonly TimelinePoint[], nowMs: number): ISpan {
  const knownMs = nowMs - (points[0]?.atMs ?? nowMs);
  return { fromMs: nowMs - Math.min(LONGEST_MS, Math.max(SHORTEST_MS, knownMs)), toMs: nowMs };
}

/** Where a moment stands; what is older than the span lies left of 0. */
export function xOf(atMs: number, { fromMs, toMs }: ISpan, { width }: ILane): number {
  return rounded((width * (atMs - fromMs)) / (toMs - fromMs));
}

/** Readings that are further apart than this have a gap between them, which nobody observed. */
export function gapMs(points: readonly TimelinePoint[]): number {
  const steps = points.slice(1).map((point, index) => point.atMs - (points[index]?.atMs ?? point.atMs));
  const usual = [...steps].sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
  return Math.max(60_000, 4 * usual);
}

/**
 * SVG path of one figure; it breaks where the figure was not measured, and at gaps.
 *
 * @param top - The value at the upper edge.
 */
export function coursePath(
  points: readonly TimelinePoint[],
  read: (point: TimelinePoint) => number | null,
  span: ISpan,
  top: number,
  lane: ILane
): string {
  const widest = gapMs(points);
  let lastMs: number | null = null;
  let path = '';
  for (const point of points) {
    const value = read(point);
    if (value === null) {
      lastMs = null;
      continue;
    }
    const y = rounded(lane.height * (1 - Math.min(1, value / top)));
    const isJoined = lastMs !== null && point.atMs - lastMs <= widest;
    path += `${isJoined ? 'L' : 'M'}${xOf(point.atMs, span, lane)} ${y}`;
    lastMs = point.atMs;
  }
  return path;
}

/** Times over which it was so from one reading to the next, joined; a gap ends one. */
export function stretches(points: readonly TimelinePoint[], is: (point: TimelinePoint) => boolean): ISpan[] {
  const widest = gapMs(points);
  const found: ISpan[] = [];
  points.forEach((point, index) => {
    const before = points[index - 1];
    if (before === undefined || !is(point) || point.atMs - before.atMs > widest) return;
    const last = found[found.length - 1];
    if (last?.toMs === before.atMs) found[found.length - 1] = { fromMs: last.fromMs, toMs: point.atMs };
    else found.push({ fromMs: before.atMs, toMs: point.atMs });
  });
  return found;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
