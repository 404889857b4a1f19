/** What is left of one person's caps: that of each channel, and that of all counted channels together. */
import type { Arrival } from '../decide/arrival.js';
import type { ArrivalCap } from '../decide/decision-plan.js';

export class PersonRoom {
  readonly #channels: readonly ArrivalCap[];
  readonly #personCap: number;
  readonly #left: Float64Array;
  #leftInAll = 0;

  /** The caps of those who have none of their own. */
  constructor(channels: readonly ArrivalCap[], personCap: number) {
    this.#channels = channels;
    this.#personCap = personCap;
    this.#left = new Float64Array(channels.length);
  }

  /** Begins with another person, who may have got more than is allowed already. */
  begin({ sent, personCap, channelCaps }: Pick<Arrival, 'sent' | 'personCap' | 'channelCaps'>): void {
    this.#leftInAll = personCap ?? this.#personCap;
    for (const [channel, { cap, isCounted }] of this.#channels.entries()) {
      const before = sent?.[channel] ?? 0;
      this.#left[channel] = (channelCaps?.[channel] ?? cap) - before;
      if (isCounted) this.#leftInAll -= before;
    }
  }

  has(channel: number): boolean {
    if (!((this.#left[channel] as number) >= 1)) return false;
    return this.#leftInAll >= 1 || !(this.#channels[channel] as ArrivalCap).isCounted;
  }

  take(channel: number): void {
    this.#left[channel] = (this.#left[channel] as number) - 1;
    if ((this.#channels[channel] as ArrivalCap).isCounted) this.#leftInAll -= 1;
  }
}
