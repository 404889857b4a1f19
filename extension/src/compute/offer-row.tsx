/** One kind of compute: how much of it is taken, by whom, and how busy it is. */
import type { Offer } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactElement } from 'react';
import { formatElapsed } from '../shared/elapsed.js';
import type { IComputeHandlers } from './compute-handlers.js';
import { DeviceRow } from './device-row.js';
import { MachineUsage } from './usage/usage-curves.js';
import type { UsageHistory } from './usage/usage-history.js';

type Holder = Offer['holders'][number];

export interface IOfferRowProps {
  readonly offer: Offer;
  readonly history: UsageHistory;
  readonly now: number;
  readonly handlers: IComputeHandlers;
  /** The notebook of a kernel; null where it is not known. */
  readonly notebookOf: (kernelId: string) => string | null;
  readonly trans: TranslationBundle;
}

export function OfferRow({ offer, history, now, handlers, notebookOf, trans }: IOfferRowProps): ReactElement {
  const { title, used, slots, waiting, devices, kind } = offer;
  const use = trans.__('%1 of %2 slots in use', used, slots);
  const onOpen = ({ kind: what, id }: Holder): void => {
    const notebook = what === 'run' ? null : notebookOf(id);
    if (what === 'run') handlers.openRun(id);
    else if (notebook !== null) handlers.openNotebook(notebook);
  };
  return (
    <li className="jp-BerthOffer" aria-label={title}>
      <div className="jp-BerthOffer-head">
        <span className="jp-BerthOffer-title">{title}</span>
        <span className="jp-BerthOffer-use">{use}</span>
      </div>
      <meter
        className="jp-BerthOffer-meter"
        min={0}
        max={slots}
        value={used}
        aria-label={trans.__('%1: %2', title, use)}
      />
      {waiting > 0 && <p className="jp-BerthOffer-note">{trans._n('%1 waits for it', '%1 wait for it', waiting)}</p>}
      {kind === 'cpu' && <MachineUsage history={history} trans={trans} />}
      {devices.length === 0 && <Holders offer={offer} now={now} trans={trans} onOpen={onOpen} />}
      {devices.length > 0 && (
        <ul className="jp-BerthOffer-devices" aria-label={trans.__('Devices of %1', title)}>
          {devices.map(device => (
            <DeviceRow
              key={device.id}
              device={device}
              offer={offer}
              history={history}
              now={now}
              trans={trans}
              onOpen={onOpen}
            />
          ))}
        </ul>
      )}
    </li>
  );
}

interface IHoldersProps {
  readonly offer: Offer;
  readonly now: number;
  readonly trans: TranslationBundle;
  readonly onOpen: (holder: Holder) => void;
}

/** Who holds slots; kernels that share the processors keep nobody waiting and are not counted here. */
function Holders({ offer: { title, holders }, now, trans, onOpen }: IHoldersProps): ReactElement | null {
  const holding = holders.filter(({ slots }) => slots > 0);
  if (holding.length === 0) return null;
  return (
    <ul className="jp-BerthOffer-holders" aria-label={trans.__('Who holds %1', title)}>
      {holding.map(holder => (
        <li key={holder.id}>
          <button type="button" className="jp-BerthLink" onClick={() => onOpen(holder)}>
            {holder.name}
          </button>{' '}
          <span className="jp-BerthOffer-note">
            {trans._n('%1 slot', '%1 slots', holder.slots)} · {trans.__('for %1', formatElapsed(now - holder.sinceMs))}
          </span>
        </li>
      ))}
    </ul>
  );
}
