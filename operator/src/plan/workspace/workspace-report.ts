/** What is said about a workspace: its phase, and conditions whose reasons are stable and whose messages are for people. */

export type WorkspacePhase = 'Pending' | 'Starting' | 'Running' | 'Stopping' | 'Stopped' | 'Failed' | 'Adopted';

/** Why `Ready` is what it is. They are API: programs may compare them. */
export type ReadyReason =
  | 'Running'
  | 'Stopped'
  | 'Stopping'
  | 'Starting'
  | 'SlowStart'
  | 'Restarting'
  | 'Unschedulable'
  | 'ImagePullFailed'
  | 'CrashLooping'
  | 'OutOfMemory'
  | 'NotAnswering'
  | 'NodeLost'
  | 'QuotaExceeded'
  | 'NotAllowed'
  | 'Refused'
  | 'HomeLost'
  | 'HomeOfAnother'
  | 'EnvironmentNotFound'
  | 'ComputeClassNotFound'
  | 'ComputeClassExceeded'
  | 'NameTaken'
  | 'PodNotFound';

export type HomeReason = 'Bound' | 'Pending' | 'Recreated' | 'BeingDeleted' | 'Lost' | 'Unchanged' | 'OfAnother';

export interface Said<Reason extends string> {
  readonly status: 'True' | 'False';
  readonly reason: Reason;
  readonly message: string;
}

export interface WorkspaceReport {
  readonly phase: WorkspacePhase;
  readonly ready: Said<ReadyReason>;
  /** Absent: there is no home volume yet. */
  readonly home?: Said<HomeReason>;
  /** Present when what runs is not what is asked for. */
  readonly restartNeeded?: string;
}

/** Every reason's phase, and whether somebody should look at it. What ends by itself is Pending or Starting. */
const MEANING: Readonly<Record<ReadyReason, { readonly phase: WorkspacePhase; readonly isWarning: boolean }>> = {
  Running: { phase: 'Running', isWarning: false },
  Stopped: { phase: 'Stopped', isWarning: false },
  Stopping: { phase: 'Stopping', isWarning: false },
  Starting: { phase: 'Starting', isWarning: false },
  SlowStart: { phase: 'Starting', isWarning: true },
  Restarting: { phase: 'Starting', isWarning: true },
  // It ran, and nothing says that it does not run now.
  NotAnswering: { phase: 'Running', isWarning: true },
  NodeLost: { phase: 'Pending', isWarning: true },
  Unschedulable: { phase: 'Pending', isWarning: true },
  QuotaExceeded: { phase: 'Pending', isWarning: true },
  ImagePullFailed: { phase: 'Failed', isWarning: true },
  CrashLooping: { phase: 'Failed', isWarning: true },
  OutOfMemory: { phase: 'Failed', isWarning: true },
  NotAllowed: { phase: 'Failed', isWarning: true },
  Refused: { phase: 'Failed', isWarning: true },
  HomeLost: { phase: 'Failed', isWarning: true },
  HomeOfAnother: { phase: 'Failed', isWarning: true },
  EnvironmentNotFound: { phase: 'Failed', isWarning: true },
  ComputeClassNotFound: { phase: 'Failed', isWarning: true },
  ComputeClassExceeded: { phase: 'Failed', isWarning: true },
  NameTaken: { phase: 'Failed', isWarning: true },
  PodNotFound: { phase: 'Pending', isWarning: true }
};

export function phaseOf(reason: ReadyReason): WorkspacePhase {
  return MEANING[reason].phase;
}

/** It is worth a Warning among the events. */
export function isWarning(reason: ReadyReason): boolean {
  return MEANING[reason].isWarning;
}

export function notReady(reason: ReadyReason, message: string): Said<ReadyReason> {
  return { status: 'False', reason, message };
}
