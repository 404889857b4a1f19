/** The control plane is away for a while. */
import { waitUntil } from '../../../../scripts/wait-until.ts';
import { restart, running } from '../../cluster.ts';
import { isReady } from '../../ready.ts';
import { folderOf } from '../../state.ts';
import { ApiServer, type Json, type List } from '../api-server.ts';
import type { Faults } from '../faults.ts';

/** By then controllers that stand for election have lost their leases and end. */
const LEASE_LOST_MS = 10_000;
const LONGEST_START_MS = 120_000;
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';

type Lease = Json & { readonly spec: { readonly renewTime: string } };

const CONTROLLERS = ['controller-manager', 'scheduler'];

/**
 * Kills processes of the control plane and starts them again after so long. The controllers of a test cluster stand for no election: where others
 * would have ended and begun anew, so do they. `whenReady` is called as soon as the API server is; all is well once this has returned.
 */
export async function away(
  cluster: string,
  faults: Faults,
  components: readonly string[],
  awayMs: number,
  whenReady: () => Promise<void> = async () => undefined
): Promise<void> {
  const others = awayMs > LEASE_LOST_MS ? CONTROLLERS : [];
  for (const component of [...components, ...others]) await faults.kill(component);
  const until = performance.now() + awayMs;
  await waitUntil('it was away for long enough', awayMs + LONGEST_START_MS, () => performance.now() >= until);
  for (const component of [...components].reverse()) await faults.start(component);
  const { spec } = await running(cluster);
  await waitUntil('the API server is ready', LONGEST_START_MS, () => isReady(spec, folderOf(cluster)));
  const startOthers = async (): Promise<void> => {
    if (others.length > 0) await untilNodesReport(cluster);
    for (const component of others) await faults.start(component);
  };
  await Promise.all([whenReady(), startOthers()]);
}

/**
 * A controller manager that began before would give a test cluster's nodes 20 s to report, and find the pods of others not ready: which a kubelet
 * mends, and nobody does for a node that is simulated.
 */
export async function untilNodesReport(cluster: string): Promise<void> {
  const server = await ApiServer.of(cluster);
  const renewals = async (): Promise<Map<string, string>> => {
    const { items } = await server.sooner<List<Lease>>('GET', LEASES);
    return new Map(items.map(({ metadata: { name }, spec }) => [name, spec.renewTime]));
  };
  const before = await renewals();
  await waitUntil('every node reports', LONGEST_START_MS, async () => {
    const now = await renewals();
    return [...before].every(([node, renewTime]) => now.get(node) !== renewTime);
  });
  server.close();
}

/** What a kubelet does for a control plane: starts the controllers that have ended by themselves, as the scheduler does that has lost count. */
export async function revive(cluster: string): Promise<void> {
  const { machine } = await running(cluster);
  for (const controller of CONTROLLERS) if (!(await machine.isRunning(controller))) await restart(cluster, controller);
}
