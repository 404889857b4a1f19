import type { Evidence } from '@berth/operator/plan';
import type { IdleRule, Look } from './idle-rule.ts';
import { firstStop } from './idle-rule.ts';

/** Its metric is counted in windows of so many seconds. */
const WINDOW_S = 30;

/**
 * The idle-GPU time limit of NVIDIA Run:ai 2.x (documentation, "Scheduling rules", metric `runai_gpu_idle_seconds_per_workload`).
 *
 * Each window of 30 seconds in which no GPU of the workload was used adds 30 seconds; any use begins the sum anew. Here the
 * time between two readings holds that many whole windows, for `gpu_util` is the most since the reading before. What has no
 * GPU is never idle; of one that cannot be measured (MIG, a failed reading) the metric says nothing and stays as it was.
 */
export const runai: IdleRule = (readings, idleS) => {
  let idle = 0;
  let before: number | null = null;
  return firstStop(readings, (reading): Look => {
    const windows = before === null ? 0 : Math.max(0, Math.floor((reading.t - before) / WINDOW_S));
    before = reading.t;
    const used = 'evidence' in reading ? gpuUse(reading.evidence) : null;
    if (used === null) return 'unknown';
    idle = used === 'none' || used > 0 ? 0 : idle + windows * WINDOW_S;
    return idle >= idleS ? 'stop' : 'keep';
  });
};

/** Percent of the GPU used most; 'none' without a GPU, null where one of them has no value and no other is in use. */
function gpuUse({ kernels }: Evidence): number | 'none' | null {
  const uses = kernels.filter(({ gpu }) => gpu !== 'none').map(({ gpu_util }) => gpu_util);
  if (uses.length === 0) return 'none';
  const known = Math.max(0, ...uses.filter(use => use !== null));
  return known === 0 && uses.includes(null) ? null : known;
}
