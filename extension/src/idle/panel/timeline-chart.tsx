/** What was measured over the last two hours at most: processor, GPU, cells that ran, and what the person did. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { memo, type ReactElement } from 'react';
import { formatSpan } from '../words/countdown.js';
import { coursePath, spanOf, stretches, xOf, type ILane, type TimelinePoint } from './timeline-geometry.js';

const COURSE: ILane = { width: 240, height: 18 };
const MARKS: ILane = { width: 240, height: 8 };

export interface ITimelineChartProps {
  readonly name: string;
  readonly points: readonly TimelinePoint[];
  /** Where it ends at the right; by the server's clock. */
  readonly nowMs: number;
  readonly trans: TranslationBundle;
}

export const TimelineChart = memo(function TimelineChart(props: ITimelineChartProps): ReactElement | null {
  const { points, nowMs, trans } = props;
  if (points.length < 2) return null;
  const span = spanOf(points, nowMs);
  const cpuTop = most(points, ({ cpu }) => cpu, 1);
  const hasGpu = points.some(({ gpu }) => gpu !== null);
  const busy = stretches(points, ({ state }) => state === 'busy');
  const inputs = points.filter(({ input }) => input);
  return (
    <div className="jp-BerthTimeline" role="img" aria-label={describe(props)}>
      <Lane label={trans.__('Processor')} lane={COURSE} note={top(cpuTop)}>
        <path d={coursePath(points, ({ cpu }) => cpu, span, cpuTop, COURSE)} />
      </Lane>
      {hasGpu && (
        <Lane label={trans.__('GPU')} lane={COURSE} note="100 %">
          <path d={coursePath(points, ({ gpu }) => gpu, span, 100, COURSE)} />
        </Lane>
      )}
      <Lane label={trans.__('Cells')} lane={MARKS} note="">
        {busy.map(({ fromMs, toMs }) => {
          const from = Math.max(0, xOf(fromMs, span, MARKS));
          const width = Math.max(1, xOf(toMs, span, MARKS) - from);
          return <rect key={fromMs} x={from} y={1} width={width} height={MARKS.height - 2} />;
        })}
      </Lane>
      <Lane label={trans.__('You')} lane={MARKS} note="">
        {inputs.map(({ atMs }) => (
          <rect key={atMs} x={xOf(atMs, span, MARKS) - 1} y={0} width={2} height={MARKS.height} />
        ))}
      </Lane>
      <p className="jp-BerthTimeline-axis">
        <span>{trans.__('%1 ago', formatSpan(nowMs - span.fromMs))}</span>
        <span>{trans.__('now')}</span>
      </p>
    </div>
  );
});

interface ILaneProps {
  readonly label: string;
  readonly lane: ILane;
  readonly note: string;
  readonly children: ReactElement | readonly ReactElement[];
}

function Lane({ label, lane: { width, height }, note, children }: ILaneProps): ReactElement {
  return (
    <div className="jp-BerthTimeline-lane">
      <span className="jp-BerthTimeline-label">{label}</span>
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" style={{ height }} aria-hidden="true">
        <line className="jp-BerthTimeline-base" x1={0} x2={width} y1={height} y2={height} />
        {children}
      </svg>
      <span className="jp-BerthTimeline-note">{note}</span>
    </div>
  );
}

/** The same in words, for those who do not see it. */
function describe({ name, points, nowMs, trans }: ITimelineChartProps): string {
  const last = points[points.length - 1];
  const cpu = last?.cpu ?? null;
  const gpu = last?.gpu ?? null;
  const input = [...points].reverse().find(point => point.input);
  const parts = [
    cpu === null ? trans.__('processor not measured') : trans.__('processor now %1', cpu.toFixed(1)),
    gpu === null ? trans.__('GPU not measured') : trans.__('GPU now %1 %', Math.round(gpu)),
    input === undefined
      ? trans.__('nothing done by you')
      : trans.__('last done by you %1 ago', formatSpan(nowMs - input.atMs))
  ];
  return trans.__('The last %1 of %2: %3', formatSpan(nowMs - spanOf(points, nowMs).fromMs), name, parts.join(', '));
}

function most(points: readonly TimelinePoint[], read: (point: TimelinePoint) => number | null, least: number): number {
  return points.reduce((top, point) => Math.max(top, read(point) ?? 0), least);
}

function top(processors: number): string {
  return processors >= 10 ? String(Math.round(processors)) : processors.toFixed(1);
}
