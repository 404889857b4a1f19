/** Everything about one run, in a tab of its own. */
import type { RunView } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactElement } from 'react';
import { ConnectionBanner } from '../../shared/connection-banner.js';
import { findRun } from '../../shared/gateway-state.js';
import type { IGateway } from '../../shared/tokens.js';
import { useConnection, useGatewayState } from '../../shared/use-gateway.js';
import { useNow } from '../../shared/use-now.js';
import { LogView } from '../log/log-view.js';
import type { IRunHandlers } from '../run-handlers.js';
import { isFinal } from '../run-phase.js';
import { AttemptList } from './attempt-list.js';
import { MetricChart } from './metric-chart.js';
import { RunFacts } from './run-facts.js';
import { RunHeader } from './run-header.js';

export interface IRunPageProps {
  readonly runId: string;
  readonly gateway: IGateway;
  readonly handlers: IRunHandlers;
  /** Whether logs follow their end at first. */
  readonly follow: boolean;
  readonly trans: TranslationBundle;
}

export function RunPage(props: IRunPageProps): ReactElement {
  const { runId, gateway, trans } = props;
  const state = useGatewayState(gateway.model);
  const run = findRun(state, runId);
  return (
    <>
      <ConnectionBanner model={gateway.model} trans={trans} />
      {run === null ? <Missing loaded={state.loaded} trans={trans} /> : <Present {...props} run={run} />}
    </>
  );
}

function Missing({ loaded, trans }: { readonly loaded: boolean; readonly trans: TranslationBundle }): ReactElement {
  return (
    <div className="jp-BerthEmpty" role="status">
      {loaded ? (
        <>
          <p>{trans.__('This run does not exist any more.')}</p>
          <p>{trans.__('It was deleted. What it left beside its notebook is still there; this tab can be closed.')}</p>
        </>
      ) : (
        <p>{trans.__('Connecting…')}</p>
      )}
    </div>
  );
}

function Present(props: IRunPageProps & { readonly run: RunView }): ReactElement {
  const { run, gateway, handlers, follow, trans } = props;
  const { state: connection } = useConnection(gateway.model);
  const now = useNow(connection === 'live' && !isFinal(run.phase));
  return (
    <div className={connection === 'lost' ? 'jp-BerthRunPage-body jp-mod-stale' : 'jp-BerthRunPage-body'}>
      <RunHeader run={run} now={now} disabled={connection === 'lost'} handlers={handlers} trans={trans} />
      {run.metrics.length > 0 && (
        <section aria-label={trans.__('Metrics')}>
          <h2>{trans.__('Metrics')}</h2>
          <div className="jp-BerthCharts">
            {run.metrics.map(series => (
              <MetricChart key={series.name} series={series} trans={trans} />
            ))}
          </div>
        </section>
      )}
      <section aria-label={trans.__('Logs')}>
        <h2>{trans.__('Logs')}</h2>
        <LogView run={run} client={gateway.client} model={gateway.model} follow={follow} trans={trans} />
      </section>
      <section aria-label={trans.__('Attempts')}>
        <h2>{trans.__('Attempts')}</h2>
        <AttemptList attempts={run.attempts} now={now} trans={trans} />
      </section>
      <section aria-label={trans.__('Details')}>
        <h2>{trans.__('Details')}</h2>
        <RunFacts run={run} trans={trans} />
      </section>
    </div>
  );
}
