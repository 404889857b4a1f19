/** Timers as a dependency, so that tests turn the clock by hand. */
export type CancelTimer = () => void;

export interface Timers {
  /** Calls `act` once, after `ms`. */
  after(ms: number, act: () => void): CancelTimer;
  /** Calls `act` again and again, each `ms`. */
  every(ms: number, act: () => void): CancelTimer;
}

/** The timers of this process. */
export const SYSTEM_TIMERS: Timers = {
  after: (ms, act) => {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
  every: (ms, act) => {
    const timer = setInterval(act, ms);
    return () => clearInterval(timer);
  }
};
