/** The operator's own processes on a test cluster: found and killed without asking the API server, which may be away. */
import { waitUntil } from '../../../../scripts/wait-until.ts';
import { running } from '../../cluster.ts';
import { quietly } from '../../quietly.ts';
import { type ApiServer, isRefusal, type Json, type List } from '../api-server.ts';
import { PLATFORM_NAMESPACE } from '../install-chart.ts';

/** The longest that the kubelet waits before it starts again what ends again and again, and a little. */
const LONGEST_PAUSE_MS = 330_000;

export interface OperatorProcess {
  readonly pid: string;
  readonly pod: string;
}

/** One line for each process of the cluster that is an operator: its id in there, and its pod. */
const FIND = String.raw`
for folder in /proc/[0-9]*; do
  { command=$(tr '\0' ' ' <"$folder/cmdline"); } 2>/dev/null
  [ "$command" = 'node /opt/berth/operator/operator.mjs ' ] || continue
  pod=$(tr '\0' '\n' <"$folder/environ" | sed -n 's/^POD_NAME=//p')
  echo "${'$'}{folder#/proc/} $pod"
done`;

export async function operatorProcesses(cluster: string): Promise<OperatorProcess[]> {
  const said = await inside(cluster, ['bash', '-c', FIND]);
  return said
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const [pid = '', pod = ''] = line.split(' ');
      return { pid, pod };
    });
}

/** `kill -9` of all of them, as soon as there is one; returns once they have ended. */
export function killOperators(cluster: string): Promise<void> {
  return killThose(cluster, processes => processes);
}

/** `kill -9` of the one that leads. */
export async function killLeader(cluster: string, server: ApiServer): Promise<void> {
  await killThose(cluster, async processes => {
    const lease = await leaseOf(server);
    return processes.filter(({ pod }) => leads(pod, lease));
  });
}

async function killThose(
  cluster: string,
  choose: (processes: OperatorProcess[]) => Promise<OperatorProcess[]> | OperatorProcess[]
): Promise<void> {
  let pids: string[] = [];
  await waitUntil('there is an operator to kill', LONGEST_PAUSE_MS, async () => {
    pids = (await choose(await operatorProcesses(cluster))).map(({ pid }) => pid);
    return pids.length > 0;
  });
  // One may have ended by itself meanwhile: it has lost the lease.
  await inside(cluster, ['bash', '-c', `kill -KILL ${pids.join(' ')} 2>/dev/null; true`]);
  await waitUntil('the operators have ended', 20_000, async () =>
    (await operatorProcesses(cluster)).every(({ pid }) => !pids.includes(pid))
  );
}

interface Lease {
  readonly spec: { readonly holderIdentity?: string; readonly renewTime?: string };
}

const LEASE = `/apis/coordination.k8s.io/v1/namespaces/${PLATFORM_NAMESPACE}/leases/berth-operator`;

/** By the lease; whether that process still runs is another question. */
export async function leaseOf(server: ApiServer): Promise<Lease['spec']> {
  return (await server.find<Lease>(LEASE))?.spec ?? {};
}

/** The lease says a process of that pod. */
export const leads = (pod: string, { holderIdentity = '' }: Lease['spec']): boolean =>
  holderIdentity.startsWith(`${pod}_`);

type OperatorPod = Json & {
  readonly status: {
    readonly podIP?: string;
    readonly containerStatuses?: readonly { readonly restartCount: number; readonly ready: boolean }[];
  };
};

const PODS = `/api/v1/namespaces/${PLATFORM_NAMESPACE}/pods`;
const CHOSEN = 'labelSelector=app.kubernetes.io%2Fcomponent%3Doperator';

/** Of the chart. */
export async function operatorPods(server: ApiServer): Promise<readonly OperatorPod[]> {
  return (await server.sooner<List<OperatorPod>>('GET', `${PODS}?${CHOSEN}`)).items;
}

/** How often the kubelet has started it again. */
export const restartsOf = ({ status }: OperatorPod): number => status.containerStatuses?.[0]?.restartCount ?? 0;

/**
 * Replaces the operator's pods that were started again already: the kubelet would pause before it does so once more, up to five minutes,
 * and the pause is its own, not the operator's.
 */
export async function replaceTired(server: ApiServer): Promise<void> {
  const tired = (await operatorPods(server)).filter(pod => restartsOf(pod) > 0);
  for (const { metadata } of tired) {
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0 };
    await server.sooner('DELETE', `${PODS}/${metadata.name}`, { body }).catch((error: unknown) => {
      if (!isRefusal(error, 404)) throw error;
    });
  }
}

/** Returns once as many operators are ready as there are pods of theirs, and none of them ends. */
export async function untilOperatorsAreReady(server: ApiServer): Promise<void> {
  await waitUntil('the operators are ready', LONGEST_PAUSE_MS, async () => {
    const pods = await operatorPods(server);
    const isWell = ({ metadata, status }: OperatorPod): boolean =>
      metadata.deletionTimestamp === undefined && status.containerStatuses?.[0]?.ready === true;
    return pods.length > 0 && pods.every(isWell);
  });
}

async function inside(cluster: string, command: readonly string[]): Promise<string> {
  const [program = '', ...args] = (await running(cluster)).machine.inside(command);
  return quietly(program, args);
}
