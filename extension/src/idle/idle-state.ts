/** What the page knows of idle timers, and how each word of the server changes it. Pure. */
import type { ActivityView } from '@berth/gateway/contract';

/** `absent`: this Jupyter server has none; nothing is shown. `offline`: it does not answer now. */
export type Presence = 'loading' | 'absent' | 'live' | 'offline';

export interface IIdleState {
  readonly presence: Presence;
  /** As it was last heard; null: never. */
  readonly view: ActivityView | null;
  /** To be added to the page's clock to have the server's. */
  readonly offsetMs: number;
}

export const NOTHING_HEARD: IIdleState = { presence: 'loading', view: null, offsetMs: 0 };

/** Answers that differ by less come from one clock, over a line that is now faster, now slower. */
const JITTER_MS = 2_000;

/** @param view - Of an event it has no timelines: those that are known stay. */
export function withView(state: IIdleState, view: ActivityView, hasTimelines: boolean, nowMs: number): IIdleState {
  const timelines = hasTimelines ? view.timelines : (state.view?.timelines ?? []);
  return { presence: 'live', view: { ...view, timelines }, offsetMs: offsetOf(state, view.nowMs - nowMs) };
}

/** The same object while nothing changes. */
export function withPresence(state: IIdleState, presence: 'absent' | 'offline'): IIdleState {
  if (state.presence === presence) return state;
  return presence === 'absent' ? { ...NOTHING_HEARD, presence } : { ...state, presence };
}

/** What was under way the shortest tells the time best, and that is the one that says it is latest. */
function offsetOf({ view, offsetMs }: IIdleState, heardMs: number): number {
  const isSameClock = view !== null && Math.abs(heardMs - offsetMs) < JITTER_MS;
  return isSameClock ? Math.max(offsetMs, heardMs) : heardMs;
}
