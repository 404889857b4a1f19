/** Runs and connection in the status bar. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { ReactElement } from 'react';
import type { IGatewayModel } from '../shared/gateway-model.js';
import { berthIcon } from '../shared/icons.js';
import { useConnection, useGatewayState } from '../shared/use-gateway.js';
import { statusText } from './status-text.js';

export interface IStatusProps {
  readonly model: IGatewayModel;
  readonly trans: TranslationBundle;
  readonly onClick: () => void;
}

export function Status({ model, trans, onClick }: IStatusProps): ReactElement {
  const { runs, loaded } = useGatewayState(model);
  const connection = useConnection(model);
  const text = statusText(runs, connection, loaded, trans);
  return (
    <button
      type="button"
      className="jp-BerthStatus-button"
      data-connection={connection.state}
      title={trans.__('Berth: show compute and runs')}
      aria-label={trans.__('Berth: %1', text)}
      onClick={onClick}
    >
      <berthIcon.react tag="span" height="14px" width="14px" />
      <span>{text}</span>
    </button>
  );
}

export class StatusItem extends ReactWidget {
  constructor(private readonly _props: IStatusProps) {
    super();
    this.addClass('jp-BerthStatus');
  }

  protected override render(): ReactElement {
    return <Status {...this._props} />;
  }
}
