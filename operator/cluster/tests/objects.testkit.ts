/** Small objects for tests of the cluster: they ask for next to nothing, because two cores carry the control plane too. */

export const PAUSE = 'localhost/berth/pause:1';
export const FOREVER = ['/bin/sh', '-c', 'busybox sleep 2147483647'];

type Json = Record<string, unknown>;

export interface PodOptions {
  readonly command?: readonly string[];
  readonly image?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Beside 10m of CPU and 16 MiB. */
  readonly limits?: Readonly<Record<string, string>>;
  readonly spec?: Json;
  readonly container?: Json;
}

export function podSpec({
  command = FOREVER,
  image = PAUSE,
  limits = {},
  spec = {},
  container = {}
}: PodOptions): Json {
  return {
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 1,
    ...spec,
    containers: [
      {
        name: 'main',
        image,
        imagePullPolicy: 'Never',
        command,
        resources: { requests: { cpu: '10m', memory: '16Mi', ...limits }, limits },
        ...container
      }
    ]
  };
}

export function pod(name: string, options: PodOptions = {}): object {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: options.labels ?? {} }, spec: podSpec(options) };
}

export interface JobSetOptions extends PodOptions {
  readonly queue: string;
  readonly priority?: string;
  readonly pods: number;
  readonly backoffLimit?: number;
}

/** One replicated job `w` of indexed pods: the first is found at `<name>-w-0-0.<name>`. */
export function jobSet(name: string, options: JobSetOptions): object {
  const { queue, priority, pods, backoffLimit = 0 } = options;
  const priorityLabel = priority === undefined ? {} : { 'kueue.x-k8s.io/priority-class': priority };
  return {
    apiVersion: 'jobset.x-k8s.io/v1alpha2',
    kind: 'JobSet',
    metadata: { name, labels: { 'kueue.x-k8s.io/queue-name': queue, ...priorityLabel } },
    spec: {
      network: { enableDNSHostnames: true, publishNotReadyAddresses: true },
      replicatedJobs: [
        {
          name: 'w',
          replicas: 1,
          template: {
            spec: {
              backoffLimit,
              parallelism: pods,
              completions: pods,
              completionMode: 'Indexed',
              template: { metadata: { labels: options.labels ?? {} }, spec: podSpec(options) }
            }
          }
        }
      ]
    }
  };
}

/** A queue of one namespace, its cluster queue and flavor, with `gpus` on the real node; all of them named `name`. */
export function queue(name: string, gpus: number): object[] {
  const quotas = { cpu: '4', memory: '16Gi', 'nvidia.com/gpu': gpus };
  const resources = Object.entries(quotas).map(([resource, nominalQuota]) => ({ name: resource, nominalQuota }));
  const kueue = (kind: string, spec: Json): object => ({
    apiVersion: 'kueue.x-k8s.io/v1beta2',
    kind,
    metadata: { name },
    spec
  });
  return [
    kueue('ResourceFlavor', { nodeLabels: { 'kubernetes.io/hostname': 'node1' } }),
    kueue('ClusterQueue', {
      namespaceSelector: {},
      preemption: { withinClusterQueue: 'LowerPriority' },
      resourceGroups: [{ coveredResources: Object.keys(quotas), flavors: [{ name, resources }] }]
    }),
    kueue('LocalQueue', { clusterQueue: name })
  ];
}

export function priorityClass(name: string, value: number): object {
  return { apiVersion: 'kueue.x-k8s.io/v1beta2', kind: 'WorkloadPriorityClass', metadata: { name }, value };
}

export interface Conditioned {
  readonly status?: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
  };
}

export function condition(object: Conditioned, type: string): { status: string; reason?: string; message?: string } {
  return object.status?.conditions?.find(each => each.type === type) ?? { status: 'absent' };
}

export const isReady = (object: Conditioned): boolean => condition(object, 'Ready').status === 'True';
