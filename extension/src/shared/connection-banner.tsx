/** Says that what is shown may be old, why, and when the next try is; nothing while all is well. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactElement } from 'react';
import type { ILost } from './connection.js';
import { errorDetail } from './error-box.js';
import { formatElapsed } from './elapsed.js';
import type { IGatewayModel } from './gateway-model.js';
import { useConnection, useGatewayState } from './use-gateway.js';
import { useNow } from './use-now.js';

export interface IConnectionBannerProps {
  readonly model: IGatewayModel;
  readonly trans: TranslationBundle;
}

/** Only the first sentence is announced: a countdown read aloud every second would drown all else. */
export function ConnectionBanner({ model, trans }: IConnectionBannerProps): ReactElement | null {
  const connection = useConnection(model);
  const { loaded } = useGatewayState(model);
  const now = useNow(connection.state === 'lost');
  if (connection.state !== 'lost') return null;
  const { reason, sinceMs } = connection;
  return (
    <div className="jp-BerthBanner">
      <p>
        <strong role="status">{lostTitle(connection, trans)}</strong> {nextTry(connection, now, trans)}
      </p>
      {reason !== null && (
        <p className="jp-BerthBanner-reason">
          {reason.message} ({errorDetail(reason, trans)})
        </p>
      )}
      {loaded && <p>{trans.__('What is shown is %1 old. Runs go on meanwhile.', formatElapsed(now - sinceMs))}</p>}
      <button type="button" className="jp-mod-styled jp-mod-minimal" onClick={() => model.reconnect()}>
        {trans.__('Try now')}
      </button>
    </div>
  );
}

function lostTitle({ reason }: ILost, trans: TranslationBundle): string {
  return reason?.code === 'unreachable'
    ? trans.__('The Jupyter server is not answering.')
    : trans.__('Berth’s gateway is not answering.');
}

function nextTry({ nextTryAtMs }: ILost, now: number, trans: TranslationBundle): string {
  if (nextTryAtMs === null) return trans.__('Trying now…');
  const seconds = Math.max(1, Math.ceil((nextTryAtMs - now) / 1000));
  return trans._n('Trying again in %1 second.', 'Trying again in %1 seconds.', seconds);
}
