/** The control plane is away for a while. */
import { waitUntil } from '../../../../scripts/wait-until.ts';
import { restart, running } from '../../cluster.ts';
import { isReady } from '../../ready.ts';
import { folderOf } from '../../state.ts';
import type { Faults } from '../faults.ts';

/** By then controllers that stand for election have lost their leases and end. */
const LEASE_LOST_MS = 10_000;
const LONGEST_START_MS = 120_000;
const CONTROLLERS = ['controller-manager', 'scheduler'];

/**
 * Kills processes of the control plane, starts them again after so long, and returns once the API server is ready. The controllers of a
 * test cluster stand for no election: where others would have ended and begun anew, so do they.
 */
export async function away(
  cluster: string,
  faults: Faults,
  components: readonly string[],
  awayMs: number
): Promise<void> {
  const others = awayMs > LEASE_LOST_MS ? CONTROLLERS : [];
  for (const component of [...components, ...others]) await faults.kill(component);
  const until = performance.now() + awayMs;
  await waitUntil('it was away for long enough', awayMs + LONGEST_START_MS, () => performance.now() >= until);
  for (const component of [...components].reverse()) await faults.start(component);
  const { spec } = await running(cluster);
  await waitUntil('the API server is ready', LONGEST_START_MS, () => isReady(spec, folderOf(cluster)));
  for (const component of others) await faults.start(component);
}

/** What a kubelet does for a control plane: starts the controllers that have ended by themselves, as the scheduler does that has lost count. */
export async function revive(cluster: string): Promise<void> {
  const { machine } = await running(cluster);
  for (const controller of CONTROLLERS) if (!(await machine.isRunning(controller))) await restart(cluster, controller);
}
