/** The list of environments, what stands there while there are none, and the buttons for all of them. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ISignal } from '@lumino/signaling';
import type { ReactElement } from 'react';
import type { IGatewayModel } from '../../shared/gateway-model.js';
import { useConnection, useGatewayState } from '../../shared/use-gateway.js';
import { useSignalValue } from '../../shared/use-signal-value.js';
import type { IEnvironmentHandlers } from './environment-handlers.js';
import { EnvironmentRow } from './environment-row.js';

export interface IEnvironmentsProps {
  readonly model: IGatewayModel;
  readonly handlers: IEnvironmentHandlers;
  /** Is there a notebook in front? */
  readonly hasNotebook: () => boolean;
  readonly notebookChanged: ISignal<unknown, unknown>;
  readonly trans: TranslationBundle;
}

export function Environments({
  model,
  handlers,
  hasNotebook,
  notebookChanged,
  trans
}: IEnvironmentsProps): ReactElement {
  const { loaded, environments } = useGatewayState(model);
  const { state: connection } = useConnection(model);
  const canUse = useSignalValue(notebookChanged as ISignal<unknown, void>, hasNotebook);
  if (!loaded) return <Loading trans={trans} />;
  const isLost = connection === 'lost';
  return (
    <div className={isLost ? 'jp-BerthSection jp-mod-stale' : 'jp-BerthSection'}>
      <div className="jp-BerthEnvironments-buttons">
        <TopButton text={trans.__('New environment…')} disabled={isLost} onClick={handlers.create} />
        <TopButton text={trans.__('Clean up…')} disabled={isLost} onClick={handlers.cleanUp} />
      </div>
      {environments.length === 0 && (
        <div className="jp-BerthEmpty">
          <p>{trans.__('No environment is defined.')}</p>
          <p>{trans.__('An environment is a set of packages under a name, the same for every kernel and run.')}</p>
        </div>
      )}
      <ul className="jp-BerthList" aria-label={trans.__('Environments')}>
        {environments.map(environment => (
          <EnvironmentRow
            key={environment.name}
            environment={environment}
            disabled={isLost}
            canUse={canUse}
            handlers={handlers}
            trans={trans}
          />
        ))}
      </ul>
    </div>
  );
}

interface ITopButtonProps {
  readonly text: string;
  readonly disabled: boolean;
  readonly onClick: () => void;
}

function TopButton({ text, disabled, onClick }: ITopButtonProps): ReactElement {
  return (
    <button type="button" className="jp-mod-styled jp-mod-minimal jp-BerthButton" disabled={disabled} onClick={onClick}>
      {text}
    </button>
  );
}

/** The shape of what is to come. */
function Loading({ trans }: { readonly trans: TranslationBundle }): ReactElement {
  return (
    <div className="jp-BerthEmpty" aria-busy="true">
      <p>{trans.__('Connecting…')}</p>
      <div className="jp-BerthSkeleton" aria-hidden="true" />
    </div>
  );
}
