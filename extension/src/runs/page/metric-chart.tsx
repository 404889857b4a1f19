/** The course of one metric, with axes; SVG in the colours of the theme. */
import type { MetricSeries } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import { memo, type ReactElement } from 'react';
import { formatFigure } from '../list/figure.js';
import { extent, scale } from '../list/sparkline-geometry.js';
import { ticks } from './chart-scale.js';

const WIDTH = 340;
const HEIGHT = 170;
const PLOT = { left: 52, right: WIDTH - 10, top: 10, bottom: HEIGHT - 34 };

export interface IMetricChartProps {
  readonly series: MetricSeries;
  readonly trans: TranslationBundle;
}

export const MetricChart = memo(function MetricChart({ series, trans }: IMetricChartProps): ReactElement {
  const points = series.points.filter(([step, value]) => Number.isFinite(step) && Number.isFinite(value));
  const steps = extent(points.map(([step]) => step));
  const values = extent(points.map(([, value]) => value));
  const toX = scale(steps, PLOT.left, PLOT.right);
  const toY = scale(values, PLOT.bottom, PLOT.top);
  const last = points[points.length - 1];
  return (
    <figure className="jp-BerthChart">
      <figcaption>
        <span className="jp-BerthChart-name">{series.name}</span>
        <span className="jp-BerthChart-last">{formatFigure(series.last)}</span>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={describe(series, points, trans)}>
        {ticks(values[0], values[1], 5).map(value => (
          <g key={value}>
            <line className="jp-BerthChart-grid" x1={PLOT.left} x2={PLOT.right} y1={toY(value)} y2={toY(value)} />
            <text x={PLOT.left - 6} y={toY(value) + 3.5} textAnchor="end">
              {formatFigure(value)}
            </text>
          </g>
        ))}
        {ticks(steps[0], steps[1], 6).map(step => (
          <text key={step} x={toX(step)} y={PLOT.bottom + 14} textAnchor="middle">
            {formatFigure(step)}
          </text>
        ))}
        <text x={(PLOT.left + PLOT.right) / 2} y={HEIGHT - 4} textAnchor="middle">
          {trans.__('step')}
        </text>
        <line className="jp-BerthChart-axis" x1={PLOT.left} x2={PLOT.right} y1={PLOT.bottom} y2={PLOT.bottom} />
        <polyline className="jp-BerthChart-line" points={points.map(([x, y]) => `${toX(x)},${toY(y)}`).join(' ')} />
        {last !== undefined && <circle className="jp-BerthChart-dot" cx={toX(last[0])} cy={toY(last[1])} r={3} />}
      </svg>
    </figure>
  );
});

function describe({ name, last }: MetricSeries, points: MetricSeries['points'], trans: TranslationBundle): string {
  const first = points[0];
  const end = points[points.length - 1];
  if (first === undefined || end === undefined) return trans.__('%1: no points yet', name);
  return trans.__(
    '%1: from %2 at step %3 to %4 at step %5',
    name,
    formatFigure(first[1]),
    formatFigure(first[0]),
    formatFigure(last),
    formatFigure(end[0])
  );
}
