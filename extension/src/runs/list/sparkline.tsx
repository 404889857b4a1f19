/** The course of one metric in the size of a word. */
import type { MetricSeries } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import { memo, type ReactElement } from 'react';
import { formatFigure } from './figure.js';
import { linePath } from './sparkline-geometry.js';

const BOX = { width: 64, height: 18, inset: 1.5 };

export interface ISparklineProps {
  readonly series: MetricSeries;
  readonly trans: TranslationBundle;
}

export const Sparkline = memo(function Sparkline({ series, trans }: ISparklineProps): ReactElement {
  const last = formatFigure(series.last);
  return (
    <span className="jp-BerthSparkline">
      <svg
        viewBox={`0 0 ${BOX.width} ${BOX.height}`}
        width={BOX.width}
        height={BOX.height}
        role="img"
        aria-label={trans.__('%1, last value %2', series.name, last)}
      >
        <path d={linePath(series.points, BOX)} />
      </svg>
      <span className="jp-BerthSparkline-value" aria-hidden="true">
        {series.name} {last}
      </span>
    </span>
  );
});
