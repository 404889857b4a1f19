/**
 * The compute that a notebook wishes for, kept in its metadata as `berth.compute`. Pure. A stranger may have written it:
 * what has not the right shape is no wish, and a wish never takes anything by itself.
 */
import type { Offer } from '@berth/gateway/contract';

export interface IWish {
  /** Id of an offer, here or on the machine where it was written. */
  readonly offer: string;
  /** Slots; for `cpu` threads. */
  readonly count: number;
}

const OFFER_ID = /^[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?$/;
const MOST = 1024;

/** @param berth - What the notebook's metadata has under `berth`. */
export function parseWish(berth: unknown): IWish | null {
  const { compute } = recordOf(berth);
  const { offer, count = 1 } = recordOf(compute);
  if (typeof offer !== 'string' || !OFFER_ID.test(offer)) return null;
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > MOST) return null;
  return { offer, count };
}

/** What the metadata has under `berth` with this wish; all else in it stays. */
export function withWish(berth: unknown, { offer, count }: IWish): Record<string, unknown> {
  return { ...recordOf(berth), compute: { offer, count } };
}

/** Is this what it wishes for? Threads are a matter of taste: any number on the processors will do. */
export function isGranted(wish: IWish, has: IWish): boolean {
  return wish.offer === has.offer && (wish.offer === 'cpu' || wish.count === has.count);
}

/** Can this machine never give it: there is no such compute, or less of it? Null: it can, now or later. */
export function wishProblem(wish: IWish, offers: readonly Offer[]): 'unknown' | 'too-many' | null {
  const offer = offers.find(({ id }) => id === wish.offer);
  if (offer === undefined) return 'unknown';
  return wish.offer !== 'cpu' && wish.count > offer.mostSlots ? 'too-many' : null;
}

function recordOf(value: unknown): Record<string, unknown> {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isRecord ? (value as Record<string, unknown>) : {};
}
