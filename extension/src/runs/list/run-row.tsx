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
import { runTitle } from '../run-title.js';
import { Sparkline } from './sparkline.js';

export interface IRunRowProps {
  readonly run: RunView;
  /** Frozen for runs that have ended, so that they are not drawn again every second. */
  readonly now: number;
  /** When it was submitted, in words. */
  readonly submitted: string;
  readonly disabled: boolean;
  /** It was just submitted: brought into view. The focus stays where it is, for its page opens too. */
  readonly selected: boolean;
  readonly handlers: IRunHandlers;
  readonly trans: TranslationBundle;
}

export const RunRow = memo(function RunRow(props: IRunRowProps): ReactElement {
  const { run, now, submitted, disabled, selected, handlers, trans } = props;
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (selected) row.current?.scrollIntoView?.({ block: 'nearest' });
  }, [selected]);
  const title = runTitle(run);
  const metric = run.metrics[0];
  const reason = reasonText(run, trans);
  return (
    <li ref={row} className="jp-BerthRun" data-run={run.id} aria-label={title}>
      <div className="jp-BerthRun-head">
        <button
          type="button"
          className="jp-BerthLink jp-BerthRun-name"
          title={run.notebook}
          aria-label={title}
          onClick={() => handlers.open(run.id)}
        >
          {run.name}
        </button>
        <PhaseBadge phase={run.phase} trans={trans} />
      </div>
      <p className="jp-BerthRun-elapsed">
        <time
          dateTime={new Date(run.submittedAtMs).toISOString()}
          title={trans.__('Submitted %1', new Date(run.submittedAtMs).toLocaleString())}
        >
          {submitted}
        </time>
        {' · '}
        {formatElapsed(elapsedMs(run, now))}
      </p>
      {isActive(run.phase) && <ProgressBar share={run.progress} label={trans.__('Progress of %1', title)} />}
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

/** Why it waits, with its place in the queue, or why it ended badly; a good end needs no reason. */
function reasonText({ phase, reason, position }: RunView, trans: TranslationBundle): string | null {
  if (phase === 'Succeeded' || (isFinal(phase) && reason === null)) return null;
  return reason?.message ?? (position === null ? null : trans.__('Place %1 in the queue.', position));
}
