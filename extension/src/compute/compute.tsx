/** What this platform can give, who has it, and the environments. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { useState, type ReactElement } from 'react';
import { ErrorBox } from '../shared/error-box.js';
import type { GatewayClient } from '../shared/gateway-client.js';
import { toGatewayError, type GatewayError } from '../shared/gateway-error.js';
import type { IGateway } from '../shared/tokens.js';
import { useConnection, useGatewayState } from '../shared/use-gateway.js';
import { useNow } from '../shared/use-now.js';
import { EnvironmentRow } from './environment-row.js';
import { OfferRow } from './offer-row.js';

export interface IComputeProps {
  readonly gateway: IGateway;
  readonly trans: TranslationBundle;
  readonly onOpenRun: (runId: string) => void;
}

export function Compute({ gateway, trans, onOpenRun }: IComputeProps): ReactElement {
  const { loaded, offers, environments } = useGatewayState(gateway.model);
  const { state: connection } = useConnection(gateway.model);
  const now = useNow(offers.some(offer => offer.holders.length > 0));
  const making = useMaking(gateway.client);
  if (!loaded) return <p className="jp-BerthEmpty">{trans.__('Connecting…')}</p>;
  return (
    <div className={connection === 'lost' ? 'jp-BerthSection jp-mod-stale' : 'jp-BerthSection'}>
      {offers.length === 0 && <p className="jp-BerthEmpty">{trans.__('No compute was found on this machine.')}</p>}
      <ul className="jp-BerthList" aria-label={trans.__('Offers')}>
        {offers.map(offer => (
          <OfferRow key={offer.id} offer={offer} now={now} trans={trans} onOpenRun={onOpenRun} />
        ))}
      </ul>
      <h3 className="jp-BerthSection-heading">{trans.__('Environments')}</h3>
      {environments.length === 0 && <p className="jp-BerthEmpty">{trans.__('No environment is defined.')}</p>}
      <ul className="jp-BerthList" aria-label={trans.__('Environments')}>
        {environments.map(environment => (
          <EnvironmentRow
            key={environment.name}
            environment={environment}
            busy={connection === 'lost' || making.busy === environment.name}
            trans={trans}
            onCreate={making.create}
            onCancel={making.cancel}
          />
        ))}
      </ul>
      {making.error !== null && <ErrorBox error={making.error} trans={trans} />}
    </div>
  );
}

interface IMaking {
  readonly busy: string | null;
  readonly error: GatewayError | null;
  readonly create: (name: string) => void;
  readonly cancel: (name: string) => void;
}

/** The two calls on environments; their effect comes back as events. */
function useMaking(client: GatewayClient): IMaking {
  const [busy, setBusy] = useState<string | null>(null);
  const [error, setError] = useState<GatewayError | null>(null);
  const run = async (name: string, call: (name: string) => Promise<unknown>): Promise<void> => {
    setBusy(name);
    setError(await call(name).then(() => null, toGatewayError));
    setBusy(null);
  };
  return {
    busy,
    error,
    create: name => void run(name, it => client.makeEnvironment(it)),
    cancel: name => void run(name, it => client.cancelEnvironment(it))
  };
}
