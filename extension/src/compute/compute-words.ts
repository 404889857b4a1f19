/** Compute in the few words that fit into a toolbar. Pure. */
import type { Offer } from '@berth/gateway/contract';

/** What is asked for or held: so many of that. */
export interface IAmount {
  readonly offer: string;
  readonly count: number;
}

const MEMORY = / · \d[\d.]* [KMGT]iB$/;

/** `NVIDIA H200` of `NVIDIA H200 · 141 GiB`; the id of an offer that this machine does not have. */
export function offerName(offers: readonly Offer[], id: string): string {
  if (id === 'cpu') return 'CPU';
  return (offers.find(offer => offer.id === id)?.title ?? id).replace(MEMORY, '');
}

/** `CPU`, `1 × NVIDIA H200`. */
export function amountText(offers: readonly Offer[], { offer, count }: IAmount): string {
  const name = offerName(offers, offer);
  return offer === 'cpu' ? name : `${count} × ${name}`;
}

/** Without the maker, and without the number where it is one: `CPU`, `H200`, `2 × H200`. */
export function shortText(offers: readonly Offer[], { offer, count }: IAmount): string {
  const name = offerName(offers, offer).replace(/^NVIDIA (?:GeForce )?/, '');
  return offer === 'cpu' || count === 1 ? name : `${count} × ${name}`;
}
