/** What the ranks of a run have said about their progress, and what of it is shown: rank 0 first, the others where it is silent. */
import { appendPoint, EMPTY_SERIES } from '@berth/operator/plan';
import type { Progress } from '@berth/operator/plan';
import { z } from 'zod';
import type { RunView } from '../../contract/index.js';

/** A name that changes with every step must not fill the memory. */
const MOST_SERIES_PER_RANK = 64;

const Series = z.object({
  points: z.array(z.object({ x: z.number(), y: z.number() })),
  closed: z.int(),
  bucketSize: z.int(),
  filling: z.int()
});

const RankProgress = z.object({
  rank: z.int(),
  step: z.number().nullable(),
  progress: z.number().nullable(),
  /** How many reports it has made; the place of a value in its series where the code counts no steps. */
  reports: z.int(),
  series: z.array(z.object({ name: z.string(), series: Series })),
  /** What was wrong with the first of its reports that was not right. */
  problem: z.string().nullable().default(null)
});
type RankProgress = z.infer<typeof RankProgress>;

/** By rank, lowest first. A plain document: it is part of a run's record. */
export const RunProgress = z.array(RankProgress);
export type RunProgress = z.infer<typeof RunProgress>;

/** The progress with one more report of `rank`; the argument is not changed. */
export function addReport(before: RunProgress, rank: number, report: Progress): RunProgress {
  const known = before.find(one => one.rank === rank);
  const own = known ?? { rank, step: null, progress: null, reports: 0, series: [], problem: null };
  const reports = own.reports + 1;
  const step = report.step ?? own.step;
  const x = report.step ?? own.step ?? reports;
  const series = Object.entries(report.metrics).reduce((all, [name, y]) => withPoint(all, name, x, y), own.series);
  const problem = own.problem ?? report.problems[0] ?? null;
  const after = { rank, step, progress: report.progress ?? own.progress, reports, series, problem };
  return [...before.filter(one => one !== known), after].sort((a, b) => a.rank - b.rank);
}

/** What a person sees of it. */
export function progressView(progress: RunProgress): Pick<RunView, 'progress' | 'step' | 'metrics' | 'warnings'> {
  const metrics = new Map<string, RunView['metrics'][number]>();
  for (const { name, series } of progress.flatMap(one => one.series)) {
    const last = series.points.at(-1);
    if (last === undefined || metrics.has(name)) continue;
    metrics.set(name, { name, last: last.y, points: series.points.map(({ x, y }): [number, number] => [x, y]) });
  }
  return {
    progress: progress.find(one => one.progress !== null)?.progress ?? null,
    step: progress.find(one => one.step !== null)?.step ?? null,
    metrics: [...metrics.values()],
    warnings: progress.flatMap(({ rank, problem }) => {
      return problem === null ? [] : [`Rank ${rank} reported progress of which a part is left out: ${problem}.`];
    })
  };
}

function withPoint(all: RankProgress['series'], name: string, x: number, y: number): RankProgress['series'] {
  const index = all.findIndex(one => one.name === name);
  if (index < 0 && all.length >= MOST_SERIES_PER_RANK) return all;
  const before = all[index]?.series ?? EMPTY_SERIES;
  const { points, closed, bucketSize, filling } = appendPoint(before, { x, y });
  const after = { name, series: { points: [...points], closed, bucketSize, filling } };
  return index < 0 ? [...all, after] : all.with(index, after);
}
