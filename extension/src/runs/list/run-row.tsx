/** One run in the list. */
import type { RunView } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import { memo, useEffect, useRef, type ReactElement } from 'react';
import { formatElapsed } from '../../shared/elapsed.js';
import { ProgressBar } from '../../shared/progress-bar.js';
import { PhaseBadge } from '../phase-badge.js';
import { RunButtons } from '../run-buttons.js';
import type { IRunHandlers } from '../run-handlers.js';
import { elapsedMs, isActive, isFinal } from '../run-phase.js';
import { Sparkline } from './sparkline.js';

export interface IRunRowProps {
  readonly run: RunView;
  /** Frozen for runs that have ended, so that they are not drawn again every second. */
  readonly now: number;
  readonly disabled: boolean;
  /** It was just submitted: shown and focused. */
  readonly selected: boolean;
  readonly handlers: IRunHandlers;
  readonly trans: TranslationBundle;
}

export const RunRow = memo(function RunRow(props: IRunRowProps): ReactElement {
  const { run, now, disabled, selected, handlers, trans } = props;
  const opener = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!selected) return;
    opener.current?.scrollIntoView?.({ block: 'nearest' });
    opener.current?.focus();
  }, [selected]);
  const metric = run.metrics[0];
  const reason = reasonText(run, trans);
  return (
    <li className="jp-BerthRun" data-run={run.id} aria-label={run.name}>
      <div className="jp-BerthRun-head">
        <button
          ref={opener}
          type="button"
          className="jp-BerthLink jp-BerthRun-name"
          title={run.notebook}
          onClick={() => handlers.open(run.id)}
        >
          {run.name}
        </button>
        <PhaseBadge phase={run.phase} trans={trans} />
        <span className="jp-BerthRun-elapsed">{formatElapsed(elapsedMs(run, now))}</span>
      </div>
      {isActive(run.phase) && <ProgressBar share={run.progress} label={trans.__('Progress of %1', run.name)} />}
      {reason !== null && <p className="jp-BerthRun-reason">{reason}</p>}
      <div className="jp-BerthRun-foot">
        {metric !== undefined && <Sparkline series={metric} trans={trans} />}
        <span className="jp-BerthRun-actions">
          <RunButtons run={run} handlers={handlers} disabled={disabled} trans={trans} />
        </span>
      </div>
    </li>
  );
});

/** Why it waits or why it ended badly; a good end needs no reason. */
function reasonText({ phase, reason, position }: RunView, trans: TranslationBundle): string | null {
  if (phase === 'Succeeded' || (isFinal(phase) && reason === null)) return null;
  const place = position === null ? '' : trans.__('Place %1 in the queue.', position);
  return [reason?.message ?? '', place].filter(text => text !== '').join(' ') || null;
}
