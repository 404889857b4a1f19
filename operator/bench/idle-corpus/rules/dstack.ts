import type { Evidence, Reading } from '@berth/operator/plan';
import type { IdleRule, Look } from './idle-rule.ts';
import { firstStop } from './idle-rule.ts';

/** `min_gpu_utilization` of the example in its documentation, in percent. */
const MIN_GPU_UTILIZATION = 10;

/**
 * A dev environment of dstack 0.19 with both of its rules (documentation, "Dev environments": `inactivity_duration` and
 * `utilization_policy`), each with `idleS` as its time.
 *
 * It ends when nothing has been attached for that long, an open page being an attached one here; or when any one GPU stayed
 * below 10 % for that whole time. Without a sample of a GPU the second rule has not enough samples and says nothing.
 */
export const dstack: IdleRule = (readings, idleS) => {
  let attached: number | null = null;
  const usedWell = new Map<string, number>();
  return firstStop(readings, (reading): Look => {
    attached ??= reading.t;
    if (!('evidence' in reading)) return 'unknown';
    if ((reading.evidence.tabs ?? 0) > 0) attached = reading.t;
    noteGpus(usedWell, reading, reading.evidence);
    const underused = [...usedWell.values()].some(at => reading.t - at >= idleS);
    return underused || reading.t - attached >= idleS ? 'stop' : 'keep';
  });
};

/** When each kernel’s GPU was last used well; one that is new or cannot be measured begins anew. */
function noteGpus(usedWell: Map<string, number>, { t }: Reading, { kernels }: Evidence): void {
  const holders = kernels.filter(({ gpu }) => gpu !== 'none');
  for (const id of usedWell.keys()) if (!holders.some(kernel => kernel.id === id)) usedWell.delete(id);
  for (const { id, gpu_util } of holders) {
    if (gpu_util === null || gpu_util >= MIN_GPU_UTILIZATION || !usedWell.has(id)) usedWell.set(id, t);
  }
}
