/** The operator as the chart has installed it on a cluster: who leads, what it says of itself, and how it is killed. */
import { PODS } from '../../../lib/controllers/core-objects.js';
import type { ApiClient } from '../../../lib/runtime/api-client.js';
import { type Lease, LEASES } from '../../../lib/runtime/lease.js';
import type { ApiObject } from '../../../lib/runtime/resource.js';
import { waitUntil } from '../../../../scripts/wait-until.ts';
import { PLATFORM_NAMESPACE } from '../../testkit/install-chart.ts';
import type { Kubectl } from '../../kubectl.ts';
import type { Machine } from '../../machine.ts';
import { quietly } from '../../quietly.ts';
import { type Sample, samplesOf } from './prometheus-text.ts';

const LEASE = 'berth-operator';
const HEALTH_PORT = 8081;
const SELECTOR = 'app.kubernetes.io/component=operator';
const LONGEST_MS = 120_000;
/** The process in the pod $1, by what the chart tells it. Of a process that has ended nothing can be read. */
const PID_OF = String.raw`
for folder in /proc/[0-9]*; do
  tr '\0' '\n' 2>/dev/null <"$folder/cmdline" | grep -q '/operator\.mjs$' || continue
  tr '\0' '\n' 2>/dev/null <"$folder/environ" | grep -qxF "POD_NAME=$1" && echo "${'$'}{folder#/proc/}"
done`;

export interface OperatorPod {
  readonly name: string;
  readonly address: string;
}

/** A line of its log, by its message. */
export interface Said {
  readonly message: string;
  readonly atMs: number;
}

interface PodObject extends ApiObject {
  readonly status?: { readonly podIP?: string };
}

export class ChartOperator {
  private readonly client: ApiClient;
  private readonly kubectl: Kubectl;
  private readonly machine: Machine;

  /** Is asked often, so not by kubectl, which costs as much as what is measured. */
  constructor(client: ApiClient, kubectl: Kubectl, machine: Machine) {
    this.client = client;
    this.kubectl = kubectl.in(PLATFORM_NAMESPACE);
    this.machine = machine;
  }

  async pods(): Promise<OperatorPod[]> {
    const where = { namespace: PLATFORM_NAMESPACE, labelSelector: SELECTOR };
    const { items } = await this.client.list<PodObject>(PODS, where);
    return items.flatMap(({ metadata: { name, deletionTimestamp }, status }) =>
      deletionTimestamp !== undefined || status?.podIP === undefined ? [] : [{ name, address: status.podIP }]
    );
  }

  /** The pod that holds the lease, once one that is there does. */
  async leader(): Promise<OperatorPod> {
    let leader: OperatorPod | undefined;
    await waitUntil('an operator leads', LONGEST_MS, async () => {
      const holder = await this.holder();
      leader = (await this.pods()).find(({ name }) => holder.startsWith(`${name}_`));
      return leader !== undefined;
    });
    return leader as OperatorPod;
  }

  /** Its identity: another one for each process. */
  async holder(): Promise<string> {
    const lease = await this.client.get<Lease>(LEASES, `${PLATFORM_NAMESPACE}/${LEASE}`);
    return lease?.spec?.holderIdentity ?? '';
  }

  async scale(replicas: number): Promise<void> {
    await this.kubectl.run(['scale', 'deployment/berth-operator', `--replicas=${replicas}`]);
    await waitUntil(`there are ${replicas} operators`, LONGEST_MS, async () => (await this.pods()).length === replicas);
    await this.kubectl.run(['rollout', 'status', 'deployment/berth-operator', `--timeout=${LONGEST_MS / 1000}s`]);
  }

  /** By the pod's own address; undefined while it does not answer. */
  async metrics({ address }: OperatorPod): Promise<Sample[] | undefined> {
    try {
      const answer = await fetch(`http://${address}:${HEALTH_PORT}/metrics`, { signal: AbortSignal.timeout(30_000) });
      return samplesOf(await answer.text());
    } catch {
      return undefined;
    }
  }

  /** Resident memory in MiB, now (`VmRSS`) or at its highest (`VmHWM`). */
  async memoryMib(pod: OperatorPod, field: 'VmRSS' | 'VmHWM'): Promise<number> {
    const status = await this.inside(['cat', `/proc/${await this.pid(pod)}/status`]);
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? NaN) / 1024;
  }

  /** `kill -9`; the kubelet starts the container again. Returns when that was. */
  async kill(pod: OperatorPod): Promise<number> {
    const pid = await this.pid(pod);
    const killedMs = Date.now();
    await this.inside(['bash', '-c', `kill -KILL ${pid}`]);
    return killedMs;
  }

  /** Ends it as a rollout does. Another pod takes its place. */
  async replace({ name }: OperatorPod): Promise<void> {
    await this.kubectl.run(['delete', 'pod', name]);
  }

  /** What the present process of a pod has said. */
  async said({ name }: OperatorPod): Promise<Said[]> {
    const lines = (await this.kubectl.run(['logs', name])).trim().split('\n');
    return lines.map(line => {
      const { message, time } = JSON.parse(line) as { message: string; time: string };
      return { message, atMs: Date.parse(time) };
    });
  }

  private async pid({ name }: OperatorPod): Promise<number> {
    const found = (await this.inside(['bash', '-c', PID_OF, 'bash', name])).trim();
    if (!/^\d+$/.test(found)) throw new Error(`the process of ${name} is not one: '${found}'`);
    return Number(found);
  }

  private async inside(command: readonly string[]): Promise<string> {
    const [program = '', ...args] = this.machine.inside(command);
    return quietly(program, args);
  }
}
