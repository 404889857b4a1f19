/** One kind of compute: how much of it is taken, and by whom. */
import type { Offer } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactElement } from 'react';
import { formatElapsed } from '../shared/elapsed.js';

export interface IOfferRowProps {
  readonly offer: Offer;
  readonly now: number;
  readonly trans: TranslationBundle;
  readonly onOpenRun: (runId: string) => void;
}

export function OfferRow({ offer, now, trans, onOpenRun }: IOfferRowProps): ReactElement {
  const use = trans.__('%1 of %2 slots in use', offer.used, offer.slots);
  return (
    <li className="jp-BerthOffer" aria-label={offer.title}>
      <div className="jp-BerthOffer-head">
        <span className="jp-BerthOffer-title">{offer.title}</span>
        <span className="jp-BerthOffer-use">{use}</span>
      </div>
      <meter
        className="jp-BerthOffer-meter"
        min={0}
        max={offer.slots}
        value={offer.used}
        aria-label={trans.__('%1: %2', offer.title, use)}
      />
      {offer.waiting > 0 && (
        <p className="jp-BerthOffer-note">{trans._n('%1 run waits for it', '%1 runs wait for it', offer.waiting)}</p>
      )}
      {offer.holders.length > 0 && (
        <ul className="jp-BerthOffer-holders" aria-label={trans.__('Who holds %1', offer.title)}>
          {offer.holders.map(holder => (
            <li key={holder.id}>
              <button type="button" className="jp-BerthLink" onClick={() => onOpenRun(holder.id)}>
                {holder.name}
              </button>{' '}
              <span className="jp-BerthOffer-note">
                {trans._n('%1 slot', '%1 slots', holder.slots)} ·{' '}
                {trans.__('for %1', formatElapsed(now - holder.sinceMs))}
              </span>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
