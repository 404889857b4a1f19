/** The list of runs, newest first, and what stands there while there are none. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactElement } from 'react';
import type { IGatewayModel } from '../../shared/gateway-model.js';
import { formatMoment } from '../../shared/moment-text.js';
import { useConnection, useGatewayState } from '../../shared/use-gateway.js';
import { useNow } from '../../shared/use-now.js';
import type { IRunHandlers } from '../run-handlers.js';
import { isFinal } from '../run-phase.js';
import { RunRow } from './run-row.js';

export interface IRunsProps {
  readonly model: IGatewayModel;
  readonly handlers: IRunHandlers;
  /** Run to bring to the person's eye. */
  readonly selected: string | null;
  readonly trans: TranslationBundle;
}

export function Runs({ model, handlers, selected, trans }: IRunsProps): ReactElement {
  const { loaded, runs } = useGatewayState(model);
  const { state: connection } = useConnection(model);
  const now = useNow(connection === 'live' && runs.some(run => !isFinal(run.phase)));
  if (!loaded) return <Loading trans={trans} />;
  if (runs.length === 0) {
    return (
      <div className="jp-BerthEmpty">
        <p>{trans.__('No runs yet.')}</p>
        <p>{trans.__('Open a notebook and press Train in its toolbar: its folder is packed up and runs here.')}</p>
      </div>
    );
  }
  return (
    <ul
      className={connection === 'lost' ? 'jp-BerthList jp-BerthRuns jp-mod-stale' : 'jp-BerthList jp-BerthRuns'}
      aria-label={trans.__('Runs')}
    >
      {runs.map(run => (
        <RunRow
          key={run.id}
          run={run}
          now={isFinal(run.phase) ? 0 : now}
          submitted={formatMoment(run.submittedAtMs, Date.now())}
          disabled={connection === 'lost'}
          selected={run.id === selected}
          handlers={handlers}
          trans={trans}
        />
      ))}
    </ul>
  );
}

/** The shape of what is to come. */
function Loading({ trans }: { readonly trans: TranslationBundle }): ReactElement {
  return (
    <div className="jp-BerthEmpty" aria-busy="true">
      <p>{trans.__('Connecting…')}</p>
      <div className="jp-BerthSkeleton" aria-hidden="true" />
      <div className="jp-BerthSkeleton" aria-hidden="true" />
    </div>
  );
}
