/**
 * GPU nodes of a mixed fleet, for kwok to simulate: whole GPUs, MIG slices of both strategies and shares of a GPU, on GKE and on
 * AWS under Karpenter. Pure; the n-th node is always the same, so a larger fleet is a smaller one and more.
 *
 * The labels are those that real nodes bear, traps included. GPU Feature Discovery (internal/lm of NVIDIA/k8s-device-plugin 0.20):
 *   - `gpu.count` of a shared GPU counts GPUs, while the resource counts shares: GPUs times `gpu.replicas`;
 *   - strategy `mixed` leaves the labels of whole GPUs, with `gpu.replicas` 0: there is no `nvidia.com/gpu` to be had;
 *   - `mig.strategy` is there only if it is not `none`; `gpu.memory` is in MiB, and of one slice under strategy `single`.
 * Karpenter's `instance-gpu-memory` is in MiB too, but what AWS says of the instance, not what the driver says of the GPU.
 */

export interface KwokNode {
  readonly apiVersion: 'v1';
  readonly kind: 'Node';
  readonly metadata: { readonly name: string; readonly labels: Labels; readonly annotations: Labels };
  readonly spec: {
    readonly taints: readonly { readonly key: string; readonly value: string; readonly effect: string }[];
  };
  readonly status: { readonly allocatable: Labels; readonly capacity: Labels };
}

type Labels = Readonly<Record<string, string>>;

interface Gpu {
  readonly product: string;
  readonly memoryMib: number;
  readonly family: string;
  readonly compute: readonly [major: number, minor: number];
  readonly migCapable: boolean;
  readonly gkeAccelerator: string;
  readonly karpenterName: string;
  readonly karpenterMemoryMib: number;
}

const H100: Gpu = {
  product: 'NVIDIA-H100-80GB-HBM3',
  memoryMib: 81_559,
  family: 'hopper',
  compute: [9, 0],
  migCapable: true,
  gkeAccelerator: 'nvidia-h100-80gb',
  karpenterName: 'h100',
  karpenterMemoryMib: 81_920
};

const A100: Gpu = {
  product: 'NVIDIA-A100-SXM4-80GB',
  memoryMib: 81_920,
  family: 'ampere',
  compute: [8, 0],
  migCapable: true,
  gkeAccelerator: 'nvidia-a100-80gb',
  karpenterName: 'a100',
  karpenterMemoryMib: 81_920
};

const L4: Gpu = {
  product: 'NVIDIA-L4',
  memoryMib: 23_034,
  family: 'ada-lovelace',
  compute: [8, 9],
  migCapable: false,
  gkeAccelerator: 'nvidia-l4',
  karpenterName: 'l4',
  karpenterMemoryMib: 22_888
};

/** What a MIG slice of an A100 with 80 GB is, by its profile. */
const SLICES = {
  '1g.10gb': { memoryMib: 9_728, multiprocessors: 14, slices: 1, copyEngines: 1, decoders: 0 },
  '3g.40gb': { memoryMib: 40_192, multiprocessors: 42, slices: 3, copyEngines: 3, decoders: 2 }
} as const;
type Profile = keyof typeof SLICES;

/** How the GPUs of a node are handed out. Numbers are of one GPU. */
type Mode =
  | { readonly kind: 'whole' }
  | { readonly kind: 'mig-single'; readonly profile: Profile; readonly slices: number }
  | { readonly kind: 'mig-mixed'; readonly slices: Readonly<Partial<Record<Profile, number>>> }
  | { readonly kind: 'shared'; readonly replicas: number };

interface Machine {
  readonly cloud: 'gke' | 'karpenter';
  readonly instance: string;
  readonly gpu: Gpu;
  readonly gpus: number;
  readonly mode: Mode;
  readonly cpus: number;
  readonly memoryGib: number;
  readonly spot?: boolean;
}

const WHOLE: Mode = { kind: 'whole' };
const SINGLE: Mode = { kind: 'mig-single', profile: '1g.10gb', slices: 7 };
const MIXED: Mode = { kind: 'mig-mixed', slices: { '1g.10gb': 4, '3g.40gb': 1 } };
const SHARED: Mode = { kind: 'shared', replicas: 4 };

const A3_HIGH = { cloud: 'gke', instance: 'a3-highgpu-8g', gpu: H100, gpus: 8, cpus: 208, memoryGib: 1_872 } as const;
const A2_ULTRA_1 = { cloud: 'gke', instance: 'a2-ultragpu-1g', gpu: A100, gpus: 1, cpus: 12, memoryGib: 170 } as const;
const A2_ULTRA_4 = { cloud: 'gke', instance: 'a2-ultragpu-4g', gpu: A100, gpus: 4, cpus: 48, memoryGib: 680 } as const;
const G2 = { cloud: 'gke', instance: 'g2-standard-8', gpu: L4, gpus: 1, cpus: 8, memoryGib: 32 } as const;
const P5 = { cloud: 'karpenter', instance: 'p5.48xlarge', gpu: H100, gpus: 8, cpus: 192, memoryGib: 2_048 } as const;
const P4DE = { cloud: 'karpenter', instance: 'p4de.24xlarge', gpu: A100, gpus: 8, cpus: 96, memoryGib: 1_152 } as const;
const G6 = { cloud: 'karpenter', instance: 'g6.2xlarge', gpu: L4, gpus: 1, cpus: 8, memoryGib: 32 } as const;

/**
 * The fleet repeats after these twelve. GKE and Karpenter take turns, and the first six show every mode. Two things do not exist
 * and are left out: a machine of AWS with four A100s, and strategy `mixed` in GKE.
 */
const FLEET: readonly Machine[] = [
  { ...A3_HIGH, mode: WHOLE },
  { ...G6, mode: WHOLE, spot: true },
  { ...A2_ULTRA_4, mode: WHOLE },
  { ...P4DE, mode: MIXED },
  { ...A2_ULTRA_1, mode: SINGLE },
  { ...G6, mode: SHARED },
  { ...G2, mode: SHARED, spot: true },
  { ...P5, mode: WHOLE },
  { ...A2_ULTRA_4, mode: WHOLE, spot: true },
  { ...P4DE, mode: SINGLE },
  { ...G2, mode: WHOLE },
  { ...P5, mode: WHOLE, spot: true }
];

const ZONES = ['a', 'b', 'c'];
const DRIVER = { full: '580.126.20', major: '580', minor: '126', revision: '20' };
const CUDA = { major: '13', minor: '0' };

/**
 * The first `count` nodes of the fleet.
 *
 * @throws RangeError if `count` is not a whole number, or less than 0.
 */
export function kwokNodes(count: number): KwokNode[] {
  if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`count=${count}: want a whole number, 0 or more`);
  return Array.from({ length: count }, (_, index) => {
    const machine = FLEET[index % FLEET.length];
    if (machine === undefined) throw new Error('the fleet is empty');
    return node(machine, index);
  });
}

function node(machine: Machine, index: number): KwokNode {
  const name = `kwok-${poolOf(machine)}-${index}`;
  const resources = {
    cpu: String(machine.cpus),
    memory: `${machine.memoryGib}Gi`,
    'ephemeral-storage': '500Gi',
    pods: '110',
    ...gpuResources(machine)
  };
  const labels = {
    type: 'kwok',
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'node.kubernetes.io/instance-type': machine.instance,
    ...(machine.cloud === 'gke' ? gkeLabels(machine, index) : karpenterLabels(machine, index)),
    ...driverLabels(machine),
    ...gpuLabels(machine)
  };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels, annotations: { 'kwok.x-k8s.io/node': 'fake', 'node.alpha.kubernetes.io/ttl': '0' } },
    spec: { taints: [{ key: 'kwok.x-k8s.io/node', value: 'fake', effect: 'NoSchedule' }] },
    status: { allocatable: resources, capacity: resources }
  };
}

/** As an administrator would call the node pool: `h100`, `a100-mig-single`. */
function poolOf({ gpu, mode }: Machine): string {
  return mode.kind === 'whole' ? gpu.karpenterName : `${gpu.karpenterName}-${mode.kind}`;
}

/** What the device plugin offers. */
function gpuResources({ gpus, mode }: Machine): Labels {
  switch (mode.kind) {
    case 'whole':
      return { 'nvidia.com/gpu': String(gpus) };
    case 'mig-single':
      return { 'nvidia.com/gpu': String(gpus * mode.slices) };
    case 'shared':
      return { 'nvidia.com/gpu': String(gpus * mode.replicas) };
    case 'mig-mixed':
      return Object.fromEntries(
        Object.entries(mode.slices).map(([profile, slices]) => [`nvidia.com/mig-${profile}`, String(gpus * slices)])
      );
  }
}

function driverLabels({ cloud, instance, gpu }: Machine): Labels {
  return {
    'nvidia.com/cuda.driver.major': DRIVER.major,
    'nvidia.com/cuda.driver.minor': DRIVER.minor,
    'nvidia.com/cuda.driver.rev': DRIVER.revision,
    'nvidia.com/cuda.driver-version.major': DRIVER.major,
    'nvidia.com/cuda.driver-version.minor': DRIVER.minor,
    'nvidia.com/cuda.driver-version.revision': DRIVER.revision,
    'nvidia.com/cuda.driver-version.full': DRIVER.full,
    'nvidia.com/cuda.runtime.major': CUDA.major,
    'nvidia.com/cuda.runtime.minor': CUDA.minor,
    'nvidia.com/cuda.runtime-version.major': CUDA.major,
    'nvidia.com/cuda.runtime-version.minor': CUDA.minor,
    'nvidia.com/cuda.runtime-version.full': `${CUDA.major}.${CUDA.minor}`,
    'nvidia.com/gpu.machine': cloud === 'gke' ? 'Google-Compute-Engine' : instance,
    'nvidia.com/gpu.mode': 'compute',
    'nvidia.com/mig.capable': String(gpu.migCapable),
    'nvidia.com/mps.capable': 'false'
  };
}

/** What GPU Feature Discovery writes of whole GPUs, and over it of their slices or shares. */
function gpuLabels({ gpu, gpus, mode }: Machine): Labels {
  const whole = {
    ...resourceLabels('nvidia.com/gpu', gpu.product, gpus),
    'nvidia.com/gpu.memory': String(gpu.memoryMib),
    'nvidia.com/gpu.family': gpu.family,
    'nvidia.com/gpu.compute.major': String(gpu.compute[0]),
    'nvidia.com/gpu.compute.minor': String(gpu.compute[1])
  };
  switch (mode.kind) {
    case 'whole':
      return whole;
    case 'shared':
      return { ...whole, ...resourceLabels('nvidia.com/gpu', `${gpu.product}-SHARED`, gpus, mode.replicas) };
    case 'mig-single': {
      const slices = sliceLabels('nvidia.com/gpu', gpu, mode.profile, gpus * mode.slices);
      return { ...whole, 'nvidia.com/mig.strategy': 'single', ...slices };
    }
    case 'mig-mixed': {
      const slices = Object.entries(mode.slices).map(([profile, count]) =>
        sliceLabels(`nvidia.com/mig-${profile}`, gpu, profile as Profile, gpus * count)
      );
      const none = { 'nvidia.com/gpu.replicas': '0', 'nvidia.com/mig.strategy': 'mixed' };
      return Object.assign({ ...whole, ...none }, ...slices) as Labels;
    }
  }
}

function resourceLabels(resource: string, product: string, count: number, replicas = 1): Labels {
  return {
    [`${resource}.product`]: product,
    [`${resource}.count`]: String(count),
    [`${resource}.replicas`]: String(replicas),
    [`${resource}.sharing-strategy`]: replicas > 1 ? 'time-slicing' : 'none'
  };
}

function sliceLabels(resource: string, gpu: Gpu, profile: Profile, count: number): Labels {
  const { memoryMib, multiprocessors, slices, copyEngines, decoders } = SLICES[profile];
  return {
    ...resourceLabels(resource, `${gpu.product}-MIG-${profile}`, count),
    [`${resource}.memory`]: String(memoryMib),
    [`${resource}.multiprocessors`]: String(multiprocessors),
    [`${resource}.slices.gi`]: String(slices),
    [`${resource}.slices.ci`]: String(slices),
    [`${resource}.engines.copy`]: String(copyEngines),
    [`${resource}.engines.decoder`]: String(decoders),
    [`${resource}.engines.encoder`]: '0',
    [`${resource}.engines.jpeg`]: '0',
    [`${resource}.engines.ofa`]: '0'
  };
}

function gkeLabels(machine: Machine, index: number): Labels {
  const { gpu, gpus, mode, spot } = machine;
  const labels: Record<string, string> = {
    'topology.kubernetes.io/region': 'us-central1',
    'topology.kubernetes.io/zone': `us-central1-${zone(index)}`,
    'cloud.google.com/gke-nodepool': poolOf(machine),
    'cloud.google.com/gke-provisioning': spot === true ? 'spot' : 'standard',
    'cloud.google.com/gke-accelerator': gpu.gkeAccelerator,
    'cloud.google.com/gke-accelerator-count': String(gpus),
    'cloud.google.com/gke-gpu-driver-version': 'default'
  };
  if (mode.kind === 'mig-single') labels['cloud.google.com/gke-gpu-partition-size'] = mode.profile;
  if (mode.kind === 'shared') {
    labels['cloud.google.com/gke-gpu-sharing-strategy'] = 'time-sharing';
    labels['cloud.google.com/gke-max-shared-clients-per-gpu'] = String(mode.replicas);
  }
  return labels;
}

function karpenterLabels(machine: Machine, index: number): Labels {
  const { instance, gpu, gpus, spot } = machine;
  const [family = '', size = ''] = instance.split('.');
  return {
    'topology.kubernetes.io/region': 'us-east-1',
    'topology.kubernetes.io/zone': `us-east-1${zone(index)}`,
    'karpenter.sh/nodepool': poolOf(machine),
    'karpenter.sh/capacity-type': spot === true ? 'spot' : 'on-demand',
    'karpenter.k8s.aws/instance-family': family,
    'karpenter.k8s.aws/instance-size': size,
    'karpenter.k8s.aws/instance-gpu-manufacturer': 'nvidia',
    'karpenter.k8s.aws/instance-gpu-name': gpu.karpenterName,
    'karpenter.k8s.aws/instance-gpu-count': String(gpus),
    'karpenter.k8s.aws/instance-gpu-memory': String(gpu.karpenterMemoryMib)
  };
}

function zone(index: number): string {
  return ZONES[Math.floor(index / FLEET.length) % ZONES.length] ?? 'a';
}
