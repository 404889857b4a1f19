/** Decides in which final phase a run ends, from the cause of its end alone. */
import { FINAL_PHASES } from './run.js';
import type { Cause, FinalPhase, RunPhase } from './run.js';

/**
 * `Lost` says that nobody knows how the code would have ended: what carried it is gone. `Failed` covers the rest,
 * a preemption without retries left among them.
 */
const PHASE_OF: Readonly<Record<Cause, FinalPhase>> = {
  Completed: 'Succeeded',
  Cancelled: 'Cancelled',
  DeadlineExceeded: 'Failed',
  ExitCode: 'Failed',
  Signal: 'Failed',
  OutOfMemory: 'Failed',
  LaunchFailed: 'Failed',
  EnvironmentFailed: 'Failed',
  StorageFull: 'Failed',
  LauncherKilled: 'Lost',
  MachineRestarted: 'Lost',
  Preempted: 'Failed'
};

/** The final phase of a run that ended for this cause. */
export function finalPhaseOf(cause: Cause): FinalPhase {
  return PHASE_OF[cause];
}

/** Is a run in this phase over for good (unless a person asks for a retry)? */
export function isFinalPhase(phase: RunPhase): phase is FinalPhase {
  return (FINAL_PHASES as readonly RunPhase[]).includes(phase);
}
