/**
 * The words of a run: what it asks for, the states it goes through, and what its attempts left behind.
 * Every state, cause and reason that the gateway, the extension or the operator shows is declared here, once.
 * Nothing in this folder does I/O or reads a clock.
 */

/** How the processes of a run are started: under torchrun, or as one plain process. */
export const FRAMEWORKS = ['torchrun', 'process'] as const;
export type Framework = (typeof FRAMEWORKS)[number];

/**
 * The phase of a run, as a person reads it.
 *
 * Queued → Starting → Running → one of the final four. `Stopping` lies between a wish to cancel and the end of the
 * last process. After a failed attempt that may be retried the run is `Queued` again.
 */
export const RUN_PHASES = [
  'Queued',
  'Starting',
  'Running',
  'Stopping',
  'Succeeded',
  'Failed',
  'Cancelled',
  'Lost'
] as const;
export type RunPhase = (typeof RUN_PHASES)[number];

export const FINAL_PHASES = ['Succeeded', 'Failed', 'Cancelled', 'Lost'] as const satisfies readonly RunPhase[];
export type FinalPhase = (typeof FINAL_PHASES)[number];

/** Why an attempt ended. `Completed` is the only good one; a retry policy is a map from these. */
export const CAUSES = [
  'Completed', // every rank ended with 0
  'Cancelled', // a person asked for it
  'DeadlineExceeded', // the run's deadline passed
  'ExitCode', // a rank ended with another code than 0: the code of the person
  'Signal', // a rank was killed by a signal that nobody of ours sent
  'OutOfMemory', // the kernel killed a rank because memory ran out
  'LaunchFailed', // the processes could not be started at all
  'EnvironmentFailed', // the environment could not be made
  'StorageFull', // no room to prepare or to record the attempt
  'LauncherKilled', // our launcher was killed; what it had started was stopped
  'MachineRestarted', // the machine went down under the attempt
  'Preempted' // the platform took the compute back
] as const;
export type Cause = (typeof CAUSES)[number];

/** The causes after which a run may be tried again. The others are what a person asked for, or cannot get better by itself. */
export const RETRYABLE_CAUSES = [
  'ExitCode',
  'Signal',
  'OutOfMemory',
  'LaunchFailed',
  'StorageFull',
  'LauncherKilled',
  'MachineRestarted',
  'Preempted'
] as const satisfies readonly Cause[];
export type RetryableCause = (typeof RETRYABLE_CAUSES)[number];

/** How often a run is tried again after an attempt that ended for this cause. Absent: never. */
export type RetryPolicy = Readonly<Partial<Record<RetryableCause, number>>>;

/** What a run asks for. */
export interface RunRequest {
  readonly framework: Framework;
  /** Processes on the one node; with `process` exactly 1. */
  readonly processes: number;
  /** Id of an offer. */
  readonly offer: string;
  /** Higher goes first; equal priorities go by submission. */
  readonly priority: number;
  readonly retry: RetryPolicy;
  /**
   * How long the run may take in all its attempts together; absent: no limit. It counts from the start of the first
   * attempt (since a person last asked for a retry), with the waits between attempts: see `deadlineAtMs`.
   */
  readonly deadlineMs?: number;
  /** From SIGTERM to SIGKILL when it is stopped. */
  readonly graceMs: number;
}

/** A kind of compute and how many processes fit on it. */
export interface Capacity {
  readonly offer: string;
  readonly slots: number;
  /** Slots that one run or kernel may have; absent: all of them. */
  readonly mostSlots?: number;
  /**
   * Who keeps slots busy without being in the queue, for people, such as `python (pid 4711)`: one for each of these
   * slots. They count as held, and nobody knows until when.
   */
  readonly blocked?: readonly string[];
}

/** How one rank ended; `exitCode` and `signal` are both absent while unknown. */
export interface RankEnd {
  readonly rank: number;
  readonly endedAtMs: number;
  readonly exitCode?: number;
  readonly signal?: string;
  /** Last line of the last traceback on its stderr. */
  readonly lastError?: string;
}

/** Why somebody wants a run to stop. */
export const STOP_REASONS = ['cancel', 'deadline', 'preempted'] as const;
export type StopReason = (typeof STOP_REASONS)[number];

/** What the launcher left behind when an attempt ended. */
export interface ExitReport {
  readonly endedAtMs: number;
  readonly exitCode?: number;
  readonly signal?: string;
  /** Set only when the launcher stopped the processes before their main process had ended: a stop that came late is none. */
  readonly stopped?: StopReason;
  readonly oomKilled: boolean;
  readonly launcherKilled: boolean;
  readonly launchError?: string;
  readonly ranks: readonly RankEnd[];
}

/** Why an attempt ended, and the sentence that a person reads. */
export interface Outcome {
  readonly cause: Cause;
  readonly message: string;
}

/** What is known of one attempt when a plan is made. Numbers start at 1. */
export interface ObservedAttempt {
  readonly number: number;
  readonly startedAtMs: number;
  /** Of an attempt that has ended; absent: unknown, and the backoff then counts from its start. */
  readonly endedAtMs?: number;
  /**
   * `starting`: asked for, nobody has taken it up yet. `running`: its launcher is alive. `vanished`: its launcher is gone
   * and left no report. `machine-restarted`: it began before the machine's last start and left no report.
   * `ended`: there is an outcome.
   */
  readonly state: 'starting' | 'running' | 'vanished' | 'machine-restarted' | 'ended';
  readonly outcome?: Outcome;
}

/** All that a plan for one run may look at. */
export interface ObservedRun {
  readonly id: string;
  readonly request: RunRequest;
  readonly submittedAtMs: number;
  /**
   * Since when somebody has wanted it to stop, and why. It stays recorded; `preempted` until the platform withdraws it
   * (until then the run waits), the others until a person asks for a retry.
   */
  readonly stopRequested?: { readonly atMs: number; readonly reason: StopReason };
  /**
   * The number of the last attempt when a person asked to try again (0: there was none). Attempts up to this one no
   * longer count: not for the retries, not for the deadline. Asking writes this field and removes `stopRequested` and
   * `ended` in one write (and lets a failed environment be made anew), so asking twice is asking once.
   * A run that has succeeded stays so.
   */
  readonly retryAfterAttempt?: number;
  /** The outcome that an `end-run` action recorded. */
  readonly ended?: Outcome;
  /** In order, oldest first. */
  readonly attempts: readonly ObservedAttempt[];
  /** May it start now, as far as the queue is concerned? */
  readonly admitted: boolean;
  /** Of the environment it needs. `failed` carries why. */
  readonly environment: { readonly state: 'absent' | 'creating' | 'ready' | 'failed'; readonly message?: string };
}

export type RunAction =
  | { readonly kind: 'create-environment' }
  /** Idempotent by number: it is asked for again when nobody has taken the attempt up; whoever takes it up first has it. */
  | { readonly kind: 'start-attempt'; readonly number: number }
  /** Repeated until the attempt has ended. An attempt that nobody has taken up is taken up by the stop, and ends with this reason. */
  | { readonly kind: 'stop-attempt'; readonly number: number; readonly reason: StopReason }
  /** Clean up after a launcher that is gone; the attempt then has ended with LauncherKilled. */
  | { readonly kind: 'reap-attempt'; readonly number: number }
  /** Record an outcome that no launcher can report. */
  | { readonly kind: 'end-attempt'; readonly number: number; readonly outcome: Outcome }
  /** Record (as `ended`) that the run is over for a reason that no attempt carries: it was waiting, or has no environment. */
  | { readonly kind: 'end-run'; readonly outcome: Outcome };

/** The state to show after the actions are done. `reason` is for people; `code` is stable. */
export interface RunStatus {
  readonly phase: RunPhase;
  readonly reason?: { readonly code: RunReason; readonly message: string };
}

/** Why a run is in its phase; an end's reason is the cause of its last attempt. */
export const RUN_REASONS = [...CAUSES, 'WaitingForCompute', 'CreatingEnvironment', 'WaitingToRetry'] as const;
export type RunReason = (typeof RUN_REASONS)[number];

export interface RunPlan {
  readonly actions: readonly RunAction[];
  readonly status: RunStatus;
  /** Look again no later than this, even if nothing seems to have changed. */
  readonly recheckAfterMs?: number;
}
