/** One GPU or MIG instance: who has it, who else computes on it, how busy it is. */
import type { Device, Offer } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactElement } from 'react';
import { formatBytes } from '../shared/byte-size.js';
import { formatMoment } from '../shared/moment-text.js';
import { DeviceUsage } from './usage/usage-curves.js';
import type { UsageHistory } from './usage/usage-history.js';

export interface IDeviceRowProps {
  readonly device: Device;
  readonly offer: Offer;
  readonly history: UsageHistory;
  readonly now: number;
  readonly trans: TranslationBundle;
  readonly onOpen: (holder: Offer['holders'][number]) => void;
}

export function DeviceRow({ device, offer, history, now, trans, onOpen }: IDeviceRowProps): ReactElement {
  const { id, title, memoryBytes, holders, strangers, problem } = device;
  const known = offer.holders.filter(holder => holders.includes(holder.id));
  const isFree = holders.length === 0 && strangers.length === 0 && problem === null;
  return (
    <li className="jp-BerthDevice" aria-label={title}>
      <div className="jp-BerthOffer-head">
        <span className="jp-BerthDevice-title" title={id}>
          {title}
        </span>
        <span className="jp-BerthOffer-use">
          {formatBytes(memoryBytes)}
          {isFree && ` · ${trans.__('free')}`}
        </span>
      </div>
      {problem !== null && <p className="jp-BerthDevice-problem">{problem}</p>}
      {known.map(holder => (
        <p key={holder.id} className="jp-BerthOffer-note">
          <button type="button" className="jp-BerthLink" onClick={() => onOpen(holder)}>
            {holder.name}
          </button>{' '}
          · {trans.__('you hold it since %1', formatMoment(holder.sinceMs, now))}
        </p>
      ))}
      {strangers.map(stranger => (
        <p key={stranger.pid} className="jp-BerthOffer-note">
          {strangerText(stranger, trans)}
        </p>
      ))}
      <DeviceUsage history={history} id={id} trans={trans} />
    </li>
  );
}

function strangerText({ name, pid, memoryBytes }: Device['strangers'][number], trans: TranslationBundle): string {
  const memory = memoryBytes === null ? trans.__('memory unknown') : formatBytes(memoryBytes);
  return trans.__('%1 (process %2) · %3 · not started by Berth', name, pid, memory);
}
