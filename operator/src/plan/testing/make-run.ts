/** Builds observations of runs for tests: `makeRun().admitted().ended('Preempted').obj()`. Times are seconds after `T0`. */
import type { Cause, ObservedAttempt, ObservedRun, RunRequest, StopReason } from '../run.js';

/** The moment at which every run of a test is submitted. */
export const T0 = Date.UTC(2030, 0, 1);

/** `seconds` after the submission. */
export function at(seconds: number): Date {
  return new Date(T0 + seconds * 1000);
}

export const REQUEST: RunRequest = {
  framework: 'torchrun',
  processes: 2,
  offer: 'cpu',
  priority: 0,
  retry: {},
  graceMs: 10_000
};

export class RunBuilder {
  constructor(private readonly run: ObservedRun) {}

  asking(request: Partial<RunRequest>): RunBuilder {
    return this.with({ request: { ...this.run.request, ...request } });
  }

  admitted(): RunBuilder {
    return this.with({ admitted: true });
  }

  environment(state: ObservedRun['environment']['state'], message?: string): RunBuilder {
    return this.with({ environment: { state, ...(message === undefined ? {} : { message }) } });
  }

  stopWanted(reason: StopReason): RunBuilder {
    return this.with({ stopRequested: { atMs: T0, reason } });
  }

  retryAfter(attempt: number): RunBuilder {
    return this.with({ retryAfterAttempt: attempt });
  }

  recorded(cause: Cause): RunBuilder {
    return this.with({ ended: { cause, message: `${cause}.` } });
  }

  /** Adds an attempt that lives, begun so many seconds after the submission. */
  live(state: Exclude<ObservedAttempt['state'], 'ended'>, startedAtS = 0): RunBuilder {
    return this.attempt({ state, startedAtMs: T0 + startedAtS * 1000 });
  }

  /** Adds an attempt that has ended. */
  ended(cause: Cause, startedAtS = 0, endedAtS = startedAtS): RunBuilder {
    const outcome = { cause, message: `${cause}.` };
    return this.attempt({
      state: 'ended',
      startedAtMs: T0 + startedAtS * 1000,
      endedAtMs: T0 + endedAtS * 1000,
      outcome
    });
  }

  obj(): ObservedRun {
    return this.run;
  }

  private attempt(attempt: Omit<ObservedAttempt, 'number'>): RunBuilder {
    return this.with({ attempts: [...this.run.attempts, { number: this.run.attempts.length + 1, ...attempt }] });
  }

  private with(change: Partial<ObservedRun>): RunBuilder {
    return new RunBuilder({ ...this.run, ...change });
  }
}

/** A run that has just been submitted: not admitted, with its environment ready. */
export function makeRun(): RunBuilder {
  return new RunBuilder({
    id: 'run-1',
    request: REQUEST,
    submittedAtMs: T0,
    attempts: [],
    admitted: false,
    environment: { state: 'ready' }
  });
}
