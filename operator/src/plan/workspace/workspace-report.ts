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

export type HomeReason = 'Bound' | 'Pending' | 'Recreated' | 'BeingDeleted' | 'Lost' | 'NotGrown' | 'OfAnother';

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

/** Those that somebody has to do something about. What ends by itself is Pending or Starting. */
const NEEDS_SOMEBODY: ReadonlySet<ReadyReason> = new Set<ReadyReason>([
  'ImagePullFailed',
  'CrashLooping',
  'OutOfMemory',
  'NotAllowed',
  'Refused',
  'HomeLost',
  'HomeOfAnother',
  'EnvironmentNotFound',
  'ComputeClassNotFound',
  'ComputeClassExceeded',
  'NameTaken'
]);
const WAITS: ReadonlySet<ReadyReason> = new Set<ReadyReason>(['QuotaExceeded', 'Unschedulable']);

/** The phase that goes with a reason. */
export function phaseOf(reason: ReadyReason): WorkspacePhase {
  if (reason === 'Running' || reason === 'Stopped' || reason === 'Stopping') return reason;
  if (NEEDS_SOMEBODY.has(reason)) return 'Failed';
  if (WAITS.has(reason)) return 'Pending';
  return 'Starting';
}

export function notReady(reason: ReadyReason, message: string): Said<ReadyReason> {
  return { status: 'False', reason, message };
}
