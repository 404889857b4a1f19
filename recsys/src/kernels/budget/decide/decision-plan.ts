/** What decisions go by for a day: yesterday's prices, the limits that they are of, and when people are expected. */
import type { ExpectedArrivals } from './day-curve.js';
import type { LimitTimes } from './day-progress.js';
import type { Limits, Options } from '../problem.js';

/** How much one person may get of a channel in the day; Infinity: as much as there is. */
export interface ArrivalCap {
  readonly cap: number;
  /** Whether its options count against the person's cap, too. */
  readonly isCounted: boolean;
}

export interface DecisionPlan extends LimitTimes {
  readonly limits: Limits;
  readonly options: Options;
  readonly personCap: number;
  readonly channels: readonly ArrivalCap[];
  /** f64[K], of the last solve; NaN for a limit that it did not know: such a one costs nothing until the day has taught its price. */
  readonly prices: Float64Array;
  readonly madeAtMs: number;
  /** When prices are older than this, decisions become careful (see `Decider`). */
  readonly maxAgeMs: number;
  readonly curve: ExpectedArrivals;
}

/**
 * Checks a plan.
 *
 * @throws RangeError naming the first field that is wrong, and what would be right
 */
export function requireDecisionPlan(plan: DecisionPlan): void {
  const { limits, prices, channels, personCap } = plan;
  const count = limits.cap.length;
  requireLength('limits.floor', limits.floor, count);
  requireLength('prices', prices, count);
  for (let limit = 0; limit < count; limit += 1) {
    const [cap, floor] = [limits.cap[limit] as number, limits.floor[limit] as number];
    if (!(floor >= 0 && floor < Infinity && floor <= cap))
      throw new RangeError(`limits ${limit}: floor ${floor}, cap ${cap}: want 0 ≤ floor ≤ cap, and the floor finite`);
    if (Math.abs(prices[limit] as number) === Infinity)
      throw new RangeError(`prices[${limit}] is ${prices[limit]}: want a finite number, or NaN where there is none`);
  }
  if (plan.fromMs !== undefined) requireTimes('fromMs', plan.fromMs, count);
  if (plan.toMs !== undefined) requireTimes('toMs', plan.toMs, count);
  requireCap('personCap', personCap);
  channels.forEach(({ cap }, channel) => requireCap(`channels[${channel}].cap`, cap));
  requireOptions(plan.options, count, channels.length);
  if (!Number.isFinite(plan.madeAtMs)) throw new RangeError(`madeAtMs is ${plan.madeAtMs}: want a finite number`);
  if (!(plan.maxAgeMs > 0)) throw new RangeError(`maxAgeMs is ${plan.maxAgeMs}: want a positive number`);
}

/** @throws RangeError */
export function requireUsage(name: string, values: ArrayLike<number>, count: number): void {
  requireLength(name, values, count);
  for (let at = 0; at < count; at += 1) {
    const value = values[at] as number;
    if (!(value >= 0 && value < Infinity)) throw new RangeError(`${name}[${at}] is ${value}: want a number from 0 on`);
  }
}

function requireOptions({ start, limit, weight, channel }: Options, limits: number, channels: number): void {
  if (start.length === 0 || start[0] !== 0) throw new RangeError('options.start: want it to begin with 0');
  const incidences = start[start.length - 1] as number;
  requireLength('options.limit', limit, incidences);
  requireLength('options.weight', weight, incidences);
  requireLength('options.channel', channel, start.length - 1);
  for (let option = 0; option + 1 < start.length; option += 1) {
    if ((start[option + 1] as number) < (start[option] as number))
      throw new RangeError(`options.start[${option + 1}] is less than the one before it`);
    if ((channel[option] as number) >= channels)
      throw new RangeError(`options.channel[${option}] is ${channel[option]}: want less than ${channels}`);
  }
  for (let at = 0; at < incidences; at += 1) {
    if ((limit[at] as number) >= limits)
      throw new RangeError(`options.limit[${at}] is ${limit[at]}: want less than ${limits}`);
    const each = weight[at] as number;
    if (!(each > 0 && each < Infinity))
      throw new RangeError(`options.weight[${at}] is ${each}: want a positive number`);
  }
}

function requireTimes(name: string, times: Float64Array, count: number): void {
  requireLength(name, times, count);
  const bad = times.findIndex(time => !Number.isFinite(time));
  if (bad >= 0) throw new RangeError(`${name}[${bad}] is ${times[bad]}: want a finite number`);
}

function requireCap(name: string, cap: number): void {
  const isCap = cap === Infinity || (Number.isInteger(cap) && cap >= 0);
  if (!isCap) throw new RangeError(`${name} is ${cap}: want an integer from 0 on, or Infinity`);
}

function requireLength(name: string, values: ArrayLike<number>, count: number): void {
  if (values.length !== count) throw new RangeError(`${name} has ${values.length} entries: want ${count}`);
}
