/** A course in the size of a word. */
import type { MetricSeries } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import { memo, type ReactElement } from 'react';
import { formatFigure } from './figure.js';
import { linePath, type Point } from './sparkline-geometry.js';

const BOX = { width: 64, height: 18, inset: 1.5 };

export interface ICurveProps {
  /** What stands beside it. */
  readonly text: string;
  /** The same, for those who do not see the line. */
  readonly label: string;
  readonly points: readonly Point[];
  /** Values at the bottom and the top; default: the least and greatest of the points. */
  readonly range?: readonly [number, number];
}

export function Curve({ text, label, points, range }: ICurveProps): ReactElement {
  return (
    <span className="jp-BerthSparkline">
      <svg
        viewBox={`0 0 ${BOX.width} ${BOX.height}`}
        width={BOX.width}
        height={BOX.height}
        role="img"
        aria-label={label}
      >
        <path d={linePath(points, BOX, range)} />
      </svg>
      <span className="jp-BerthSparkline-value" aria-hidden="true">
        {text}
      </span>
    </span>
  );
}

export interface ISparklineProps {
  readonly series: MetricSeries;
  readonly trans: TranslationBundle;
}

/** The course of one metric of a run. */
export const Sparkline = memo(function Sparkline({ series, trans }: ISparklineProps): ReactElement {
  const last = formatFigure(series.last);
  return (
    <Curve
      text={`${series.name} ${last}`}
      label={trans.__('%1, last value %2', series.name, last)}
      points={series.points}
    />
  );
});
