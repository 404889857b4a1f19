/** What many do: yesterday's prices as thresholds, all day long; with a stop at each limit, or without one. */
import type { DecisionPlan } from '../lib/kernels/index.js';
import type { Day } from './decide-world.ts';

export interface DayResult {
  /** f64[K]. */
  readonly spent: Float64Array;
  readonly value: number;
}

export function staticDay(day: Day, plan: DecisionPlan, stopsAtLimits: boolean): DayResult {
  const fixed = new StaticThreshold(plan, stopsAtLimits);
  let value = 0;
  for (let person = 0; person < day.atMs.length; person += 1) {
    const [from, to] = [day.start[person] as number, day.start[person + 1] as number];
    value += fixed.decide(day.option.subarray(from, to), day.value.subarray(from, to));
  }
  return { spent: fixed.spent, value };
}

class StaticThreshold {
  readonly spent: Float64Array;
  readonly #plan: DecisionPlan;
  readonly #stopsAtLimits: boolean;
  readonly #prices: Float64Array;

  constructor(plan: DecisionPlan, stopsAtLimits: boolean) {
    const { start, limit, weight, channel } = plan.options;
    this.#plan = plan;
    this.#stopsAtLimits = stopsAtLimits;
    this.spent = new Float64Array(plan.prices.length);
    this.#prices = Float64Array.from(channel, (_, option) => {
      let price = 0;
      for (let at = start[option] as number; at < (start[option + 1] as number); at += 1)
        price += (weight[at] as number) * (plan.prices[limit[at] as number] as number);
      return price;
    });
  }

  /** The value of what one person gets. */
  decide(options: Int32Array, values: Float32Array): number {
    const margin = (at: number): number => (values[at] as number) - (this.#prices[options[at] as number] as number);
    const ranked = Array.from(options.keys()).filter(at => margin(at) > 0);
    ranked.sort((a, b) => margin(b) - margin(a));
    const used = this.#plan.channels.map(() => 0);
    let counted = 0;
    let value = 0;
    for (const at of ranked) {
      const option = options[at] as number;
      const channel = this.#plan.options.channel[option] as number;
      const { cap, isCounted } = this.#plan.channels[channel] as DecisionPlan['channels'][number];
      const isFull = (used[channel] as number) >= cap || (isCounted && counted >= this.#plan.personCap);
      if (isFull || !this.#charge(option)) continue;
      used[channel] = (used[channel] as number) + 1;
      if (isCounted) counted += 1;
      value += values[at] as number;
    }
    return value;
  }

  #charge(option: number): boolean {
    const { start, limit, weight } = this.#plan.options;
    const [from, to] = [start[option] as number, start[option + 1] as number];
    for (let at = from; at < to && this.#stopsAtLimits; at += 1) {
      const row = limit[at] as number;
      if ((this.spent[row] as number) + (weight[at] as number) > (this.#plan.limits.cap[row] as number)) return false;
    }
    for (let at = from; at < to; at += 1) {
      const row = limit[at] as number;
      this.spent[row] = (this.spent[row] as number) + (weight[at] as number);
    }
    return true;
  }
}
