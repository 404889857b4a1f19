import type { IdleRule, Look } from './idle-rule.ts';
import { firstStop } from './idle-rule.ts';
import { LastActivity } from './last-activity.ts';

/**
 * The culling controller of Kubeflow Notebooks 1.11 (`components/notebook-controller/controllers/culling_controller.go`).
 *
 * It asks `/api/kernels`. A kernel in any state but idle means "active now"; else the latest kernel's `last_activity` counts.
 * Without kernels, and when the request fails, its note of the last activity stays as it was, and the notebook is judged by
 * it all the same. What runs in terminals or beside the kernels it does not see.
 */
export const kubeflowV1: IdleRule = (readings, idleS) => {
  const activity = new LastActivity();
  let noted: number | null = null;
  return firstStop(readings, (reading): Look => {
    activity.see(reading);
    noted ??= reading.t;
    if ('evidence' in reading) {
      const busy = reading.evidence.kernels.some(({ state }) => state !== 'idle');
      noted = busy ? reading.t : (activity.ofKernels(reading.evidence) ?? noted);
    }
    return reading.t > noted + idleS ? 'stop' : 'keep';
  });
};
