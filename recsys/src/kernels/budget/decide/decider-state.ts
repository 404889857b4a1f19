/** What a decider has learnt in a day so far, as JSON that a restart can go on from. */
import type { LearntLimits } from '../certify/limit-ledger.js';

export interface DeciderState extends LearntLimits {
  readonly version: 1;
  /** Of the plan that it belongs to. */
  readonly madeAtMs: number;
  /** People by interval of the day. */
  readonly seen: readonly number[];
  readonly typicalValue: number;
  readonly valuesSeen: number;
}

/**
 * Checks that a state is one, and belongs to a plan; a plan may have more limits than the state, behind those of the state.
 *
 * @throws RangeError naming the field
 */
export function requireDeciderState(
  state: DeciderState,
  plan: { readonly limits: number; readonly intervals: number; readonly madeAtMs: number }
): void {
  if (state.version !== 1) throw new RangeError(`state.version is ${String(state.version)}: want 1`);
  if (state.madeAtMs !== plan.madeAtMs)
    throw new RangeError(`state is of the plan made at ${state.madeAtMs}: want that of ${plan.madeAtMs}`);
  requireNumbers('seen', state.seen, 0);
  if (state.seen.length !== plan.intervals)
    throw new RangeError(`state.seen has ${state.seen.length} intervals: want ${plan.intervals}`);
  requireNumbers('prices', state.prices, -Infinity);
  if (state.prices.length > plan.limits)
    throw new RangeError(`state.prices has ${state.prices.length} limits: want at most ${plan.limits}`);
  for (const key of ['excess', 'sends'] as const) {
    requireNumbers(key, state[key], 0);
    if (state[key].length !== state.prices.length)
      throw new RangeError(`state.${key} has ${state[key].length} limits: want ${state.prices.length}`);
  }
  requireNumbers('typicalValue and valuesSeen', [state.typicalValue, state.valuesSeen], 0);
}

function requireNumbers(key: string, values: unknown, least: number): void {
  const isRight = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value >= least;
  if (!Array.isArray(values)) throw new RangeError(`state.${key}: want a list of numbers`);
  const bad = values.findIndex(value => !isRight(value));
  if (bad >= 0) throw new RangeError(`state.${key}[${bad}] is ${String(values[bad])}: want a number`);
}
