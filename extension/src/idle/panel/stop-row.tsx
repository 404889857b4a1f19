/** Something that was stopped for being idle, until the person has seen it. */
import type { ActivityView } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactElement } from 'react';
import type { IIdleDesk } from '../idle-desk.js';
import { stopTitle } from '../words/stop-words.js';
import { WrongForm } from './wrong-form.js';

export interface IStopRowProps {
  readonly stop: ActivityView['stops'][number];
  readonly now: number;
  readonly desk: IIdleDesk;
  readonly trans: TranslationBundle;
  readonly onOpen: (path: string) => void;
}

export function StopRow({ stop, now, desk, trans, onOpen }: IStopRowProps): ReactElement {
  const { id, path, why, name } = stop;
  const title = stopTitle(stop, now, trans);
  return (
    <li className="jp-BerthIdle-row" aria-label={title}>
      <p className="jp-BerthIdle-name">{title}</p>
      <p className="jp-BerthIdle-next">{why}</p>
      <div className="jp-BerthIdle-actions">
        {path !== null && (
          <button
            type="button"
            className="jp-mod-styled jp-mod-minimal jp-BerthButton"
            aria-label={trans.__('Open %1', name)}
            onClick={() => onOpen(path)}
          >
            {trans.__('Open')}
          </button>
        )}
        <button
          type="button"
          className="jp-mod-styled jp-mod-minimal jp-BerthButton"
          aria-label={trans.__('Dismiss: %1', title)}
          onClick={() => void desk.dismiss(id)}
        >
          {trans.__('Dismiss')}
        </button>
      </div>
      <WrongForm name={title} trans={trans} onSend={text => desk.report({ subject: null, stopId: id, text })} />
    </li>
  );
}
