import type { IdleRule, Look } from './idle-rule.ts';
import { firstStop } from './idle-rule.ts';
import { LastActivity } from './last-activity.ts';

/**
 * The activity rules of Kubeflow Workspaces 2.0 (`workspaces/controller/internal/helper/activity.go`, probe `jupyter`).
 *
 * It asks `/api/status` and goes by its `last_activity` alone; it pauses only together with a probe that has just
 * succeeded, and says "unknown" when it has not.
 */
export const kubeflowV2: IdleRule = (readings, idleS) => {
  const activity = new LastActivity();
  return firstStop(readings, (reading): Look => {
    activity.see(reading);
    if (!('evidence' in reading)) return 'unknown';
    return reading.t >= (activity.server ?? reading.t) + idleS ? 'stop' : 'keep';
  });
};
