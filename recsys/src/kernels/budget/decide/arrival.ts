/** Somebody to whom something could be sent now. */
import { requireUsage } from './decision-plan.js';

export interface Arrival {
  readonly options: ArrayLike<number>;
  /** Of each option; −Infinity: excluded. */
  readonly values: ArrayLike<number>;
  /** What the person has got of each channel in this day; none if left out. */
  readonly sent?: ArrayLike<number>;
  /** Instead of the plan's, where people differ; Infinity: none. */
  readonly personCap?: number;
  readonly channelCaps?: ArrayLike<number>;
}

/**
 * Checks an arrival against a plan with so many options and channels.
 *
 * @throws RangeError naming the first entry that is wrong, and what would be right
 */
export function requireArrival(arrival: Arrival, plan: { readonly options: number; readonly channels: number }): void {
  const { options, values, sent, personCap, channelCaps } = arrival;
  if (options.length !== values.length)
    throw new RangeError(`values has ${values.length} entries: want ${options.length}, one for each option`);
  for (let at = 0; at < options.length; at += 1) {
    requireOption(`options[${at}]`, options[at] as number, plan.options);
    const value = values[at] as number;
    if (!(value < Infinity)) throw new RangeError(`values[${at}] is ${value}: want a finite number, or -Infinity`);
  }
  if (sent !== undefined) requireUsage('sent', sent, plan.channels);
  if (personCap !== undefined) requireCap('personCap', personCap);
  if (channelCaps === undefined) return;
  if (channelCaps.length !== plan.channels)
    throw new RangeError(`channelCaps has ${channelCaps.length} entries: want ${plan.channels}`);
  for (let at = 0; at < plan.channels; at += 1) requireCap(`channelCaps[${at}]`, channelCaps[at] as number);
}

/** @throws RangeError */
export function requireOption(name: string, option: number, options: number): void {
  if (Number.isInteger(option) && option >= 0 && option < options) return;
  throw new RangeError(`${name} is ${option}: want one of the plan's ${options} options, from 0 on`);
}

function requireCap(name: string, cap: number): void {
  if (!(cap >= 0)) throw new RangeError(`${name} is ${cap}: want a number from 0 on`);
}
