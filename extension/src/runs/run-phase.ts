/** The phases and causes of a run, in words. */
import type { AttemptView, RunView } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';

export type Phase = RunView['phase'];
export type Cause = NonNullable<AttemptView['cause']>;

const FINAL: readonly Phase[] = ['Succeeded', 'Failed', 'Cancelled', 'Lost'];

/** Has it ended, one way or the other? */
export function isFinal(phase: Phase): boolean {
  return FINAL.includes(phase);
}

/** Do its processes exist? A queued run has none. */
export function isActive(phase: Phase): boolean {
  return !isFinal(phase) && phase !== 'Queued';
}

export function phaseLabel(phase: Phase, trans: TranslationBundle): string {
  const labels: Readonly<Record<Phase, string>> = {
    Queued: trans.__('Queued'),
    Starting: trans.__('Starting'),
    Running: trans.__('Running'),
    Stopping: trans.__('Stopping'),
    Succeeded: trans.__('Succeeded'),
    Failed: trans.__('Failed'),
    Cancelled: trans.__('Cancelled'),
    Lost: trans.__('Lost')
  };
  return labels[phase] ?? phase;
}

export function causeLabel(cause: Cause, trans: TranslationBundle): string {
  const labels: Readonly<Record<Cause, string>> = {
    Completed: trans.__('Completed'),
    Cancelled: trans.__('Cancelled'),
    DeadlineExceeded: trans.__('Deadline passed'),
    ExitCode: trans.__('The code failed'),
    Signal: trans.__('Killed by a signal'),
    OutOfMemory: trans.__('Out of memory'),
    LaunchFailed: trans.__('Could not be started'),
    EnvironmentFailed: trans.__('Environment failed'),
    StorageFull: trans.__('Disk full'),
    LauncherKilled: trans.__('Launcher killed'),
    MachineRestarted: trans.__('Machine restarted'),
    Preempted: trans.__('Preempted')
  };
  return labels[cause] ?? cause;
}

/** How long it has run, or waited while it is queued; an ended run keeps its last figure. */
export function elapsedMs(run: RunView, now: number): number {
  if (run.startedAtMs === null) return (run.endedAtMs ?? now) - run.submittedAtMs;
  return (run.endedAtMs ?? now) - run.startedAtMs;
}
