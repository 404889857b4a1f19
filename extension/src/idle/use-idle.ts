/** The state of idle timers in components. */
import { useNow } from '../shared/use-now.js';
import { useSignalValue } from '../shared/use-signal-value.js';
import type { IIdleModel } from './idle-model.js';
import type { IIdleState } from './idle-state.js';

export function useIdleState(model: IIdleModel): IIdleState {
  return useSignalValue(model.changed, () => model.state);
}

/**
 * The server's clock at each rendering, of which there is one about every second while `ticking`. It is read anew each time:
 * on a busy page a tick comes late, and what is pushed meanwhile must not be counted down from an old time.
 *
 * @returns Unix milliseconds.
 */
export function useServerNow(state: IIdleState, ticking: boolean): number {
  useNow(ticking);
  return serverNow(state);
}

/** By whole seconds of the page's clock, so that all countdowns of one moment say the same. */
export function serverNow({ offsetMs }: IIdleState): number {
  return Math.floor(Date.now() / 1000) * 1000 + offsetMs;
}
