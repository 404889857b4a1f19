import type { IdleRule, Look } from './idle-rule.ts';
import { firstStop } from './idle-rule.ts';

/** The bounds and the default of its idle time, in minutes (API `IdleSettings`; Developer Guide, "Idle shutdown"). */
export const SAGEMAKER_IDLE_MINUTES = { least: 60, most: 525_600, usual: 10_080 } as const;

/**
 * Idle shutdown of SageMaker Studio's JupyterLab (Developer Guide, "Idle shutdown", SageMaker Distribution 2.0).
 *
 * An application is idle while it has no kernel session and no terminal session; any of them, whatever it does, begins the
 * time anew. Its source is not public: that a reading which failed changes nothing is our reading of it.
 */
export const sagemaker: IdleRule = (readings, idleS) => {
  let idleSince: number | null = null;
  return firstStop(readings, (reading): Look => {
    if (!('evidence' in reading)) return 'unknown';
    const { kernels, terminals } = reading.evidence;
    if (kernels.length + terminals.length > 0) idleSince = null;
    else idleSince ??= reading.t;
    return idleSince !== null && reading.t - idleSince >= idleS ? 'stop' : 'keep';
  });
};
