/** Name, state and actions of a run. */
import type { RunView } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactElement } from 'react';
import { formatElapsed } from '../../shared/elapsed.js';
import { ProgressBar } from '../../shared/progress-bar.js';
import { PhaseBadge } from '../phase-badge.js';
import { RunButtons } from '../run-buttons.js';
import type { IRunHandlers } from '../run-handlers.js';
import { elapsedMs, isActive } from '../run-phase.js';

export interface IRunHeaderProps {
  readonly run: RunView;
  readonly now: number;
  readonly disabled: boolean;
  readonly handlers: IRunHandlers;
  readonly trans: TranslationBundle;
}

export function RunHeader({ run, now, disabled, handlers, trans }: IRunHeaderProps): ReactElement {
  // The reason for waiting says the place.
  const reason =
    run.reason?.message ?? (run.position === null ? null : trans.__('Place %1 in the queue.', run.position));
  const step = run.step === null ? null : trans.__('step %1', run.step);
  return (
    <header className="jp-BerthRunPage-header">
      <div className="jp-BerthRunPage-title">
        <h1>{run.name}</h1>
        <PhaseBadge phase={run.phase} trans={trans} />
        <span className="jp-BerthRun-elapsed">
          {formatElapsed(elapsedMs(run, now))}
          {step !== null && ` · ${step}`}
        </span>
      </div>
      {reason !== null && (
        <p className="jp-BerthRunPage-reason" role="status">
          {reason}
        </p>
      )}
      {(isActive(run.phase) || (run.progress !== null && run.progress < 1)) && (
        <ProgressBar share={run.progress} label={trans.__('Progress of %1', run.name)} />
      )}
      <div className="jp-BerthRunPage-actions" role="group" aria-label={trans.__('Actions')}>
        <RunButtons run={run} handlers={handlers} disabled={disabled} trans={trans} />
        <Action text={trans.__('Open results folder')} onClick={() => handlers.openResults(run.id)} />
        <Action text={trans.__('Open notebook')} onClick={() => handlers.openNotebook(run.id)} />
        <Action text={trans.__('Copy as curl')} onClick={() => handlers.copyCurl(run.id)} />
      </div>
    </header>
  );
}

function Action({ text, onClick }: { readonly text: string; readonly onClick: () => void }): ReactElement {
  return (
    <button type="button" className="jp-mod-styled jp-mod-minimal jp-BerthButton" onClick={onClick}>
      {text}
    </button>
  );
}
