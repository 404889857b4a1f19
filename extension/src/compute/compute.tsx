/** What this platform can give, who has it, and what this person holds. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { useState, type ReactElement } from 'react';
import { ErrorBox } from '../shared/error-box.js';
import { toGatewayError, type GatewayError } from '../shared/gateway-error.js';
import type { IGateway } from '../shared/tokens.js';
import { useConnection, useGatewayState } from '../shared/use-gateway.js';
import { useNow } from '../shared/use-now.js';
import { useSignalValue } from '../shared/use-signal-value.js';
import type { IComputeHandlers } from './compute-handlers.js';
import { heldItems } from './held-items.js';
import { HeldRow } from './held-row.js';
import { OfferRow } from './offer-row.js';
import type { UsageFeed } from './usage/usage-feed.js';

export interface IComputeProps {
  readonly gateway: IGateway;
  readonly usage: UsageFeed;
  readonly handlers: IComputeHandlers;
  readonly trans: TranslationBundle;
}

export function Compute({ gateway, usage, handlers, trans }: IComputeProps): ReactElement {
  const state = useGatewayState(gateway.model);
  const { state: connection } = useConnection(gateway.model);
  const history = useSignalValue(usage.changed, () => usage.history);
  const { loaded, offers, kernels } = state;
  const items = heldItems(state);
  const now = useNow(items.length > 0 && connection === 'live');
  if (!loaded) return <p className="jp-BerthEmpty">{trans.__('Connecting…')}</p>;
  const notebookOf = (id: string): string | null => kernels.find(kernel => kernel.id === id)?.notebook ?? null;
  return (
    <div className={connection === 'lost' ? 'jp-BerthSection jp-mod-stale' : 'jp-BerthSection'}>
      <Held gateway={gateway} usage={usage} handlers={handlers} trans={trans} now={now} />
      <h3 className="jp-BerthSection-heading">{trans.__('What there is')}</h3>
      {offers.length === 0 && <p className="jp-BerthEmpty">{trans.__('No compute was found on this machine.')}</p>}
      <ul className="jp-BerthList" aria-label={trans.__('Offers')}>
        {offers.map(offer => (
          <OfferRow
            key={offer.id}
            offer={offer}
            history={history}
            now={now}
            handlers={handlers}
            notebookOf={notebookOf}
            trans={trans}
          />
        ))}
      </ul>
    </div>
  );
}

function Held({ gateway, usage, handlers, trans, now }: IComputeProps & { readonly now: number }): ReactElement {
  const { model, client } = gateway;
  const state = useGatewayState(model);
  const { state: connection } = useConnection(model);
  const pressed = usePress();
  const items = heldItems(state);
  return (
    <>
      <h3 className="jp-BerthSection-heading">{trans.__('What I hold')}</h3>
      {items.length === 0 && (
        <p className="jp-BerthEmpty">{trans.__('Nothing: no kernel of Berth and no run uses any compute now.')}</p>
      )}
      <ul className="jp-BerthList" aria-label={trans.__('What I hold')}>
        {items.map(item => (
          <HeldRow
            key={item.id}
            item={item}
            offers={state.offers}
            history={usage.history}
            now={now}
            disabled={connection === 'lost' || pressed.isBusy}
            handlers={handlers}
            trans={trans}
            onGiveUp={id => pressed.run(() => client.releaseKernel(id))}
            onShutDown={(id, name) => pressed.run(() => handlers.shutDown(id, name))}
          />
        ))}
      </ul>
      {pressed.error !== null && <ErrorBox error={pressed.error} trans={trans} />}
    </>
  );
}

interface IPress {
  readonly isBusy: boolean;
  readonly error: GatewayError | null;
  readonly run: (call: () => Promise<void>) => void;
}

/** What a button does; its effect comes back as an event. */
function usePress(): IPress {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<GatewayError | null>(null);
  const run = async (call: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setError(await call().then(() => null, toGatewayError));
    setBusy(false);
  };
  return { isBusy, error, run: call => void run(call) };
}
