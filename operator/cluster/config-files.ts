/** The files that the processes of a cluster read. Pure: addresses and paths in, texts out. */
import { CONTAINERD_SOCKET, type Places } from './components.ts';
import { type ClusterSpec, NODE } from './spec.ts';

/** The GPUs that the kubelet is offered at first, all healthy: four whole ones and two MIG slices. */
export function initialGpus(): Record<string, Record<string, string>> {
  const healthy = (prefix: string, count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`${prefix}-${String(index).padStart(8, '0')}`, 'Healthy'])
    );
  return { 'nvidia.com/gpu': healthy('GPU', 4), 'nvidia.com/mig-1g.10gb': healthy('MIG', 2) };
}

/** Files that the processes read, by their path under the cluster's folder. `cgroup`: the parent of every pod's. */
export function configFiles(spec: ClusterSpec, { bin, folder }: Places, cgroup: string): Record<string, string> {
  const { node, pods } = spec.addresses;
  return {
    'config/kwok.json': JSON.stringify(kwokConfig()),
    'config/scheduler.json': JSON.stringify(schedulerConfig(folder)),
    'config/containerd.toml': containerdConfig(bin, folder),
    'config/cni/10-bridge.conflist': JSON.stringify(cniConfig(spec)),
    'config/kubelet.json': JSON.stringify(kubeletConfig(node, folder, cgroup)),
    'config/kube-proxy.json': JSON.stringify(kubeProxyConfig(node, pods, folder)),
    'config/Corefile': corefile(node, spec.name, folder)
  };
}

function schedulerConfig(folder: string): unknown {
  return {
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    // By itself it places 50 pods a second.
    clientConnection: { kubeconfig: `${folder}/scheduler.kubeconfig`, qps: 500, burst: 1000 },
    leaderElection: { leaderElect: false }
  };
}

/**
 * By itself it takes the steps of four pods at a time, and renews the leases of four nodes: on a busy machine too few of a thousand, and
 * pods of a node that was taken for lost are not ready for ever. The last is its own default: without it it does not start.
 */
function kwokConfig(): unknown {
  const options = {
    podPlayStageParallelism: 64,
    nodePlayStageParallelism: 16,
    nodeLeaseParallelism: 64,
    podsOnNodeSyncParallelism: 16
  };
  return { apiVersion: 'config.kwok.x-k8s.io/v1alpha1', kind: 'KwokConfiguration', options };
}

function containerdConfig(bin: string, folder: string): string {
  return `
version = 3
root = "/var/lib/containerd"
state = "/run/containerd"

[grpc]
  address = "${CONTAINERD_SOCKET}"

[plugins."io.containerd.cri.v1.images"]
  snapshotter = "overlayfs"
  [plugins."io.containerd.cri.v1.images".pinned_images]
    sandbox = "localhost/berth/pause:1"

[plugins."io.containerd.cri.v1.runtime"]
  # Root without CAP_SYS_RESOURCE may not lower a process's own score.
  restrict_oom_score_adj = true
  [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.cri.v1.runtime".cni]
    bin_dirs = ["${bin}"]
    conf_dir = "${folder}/config/cni"
`;
}

function cniConfig({ addresses: { node, pods } }: ClusterSpec): unknown {
  const bridge = { type: 'bridge', bridge: 'cbr0', isGateway: true, hairpinMode: true, ipMasq: false };
  const range = { subnet: pods, rangeStart: node.replace(/\d+$/, '10'), gateway: node };
  const ipam = { type: 'host-local', ranges: [[range]], routes: [{ dst: '0.0.0.0/0' }] };
  return { cniVersion: '1.0.0', name: 'berth', plugins: [{ ...bridge, ipam }] };
}

function kubeletConfig(node: string, folder: string, cgroup: string): unknown {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: node,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: `${folder}/pki/ca.crt` }
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: `${folder}/pki/kubelet.crt`,
    tlsPrivateKeyFile: `${folder}/pki/kubelet.key`,
    failCgroupV1: false,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${cgroup}`,
    makeIPTablesUtilChains: false,
    containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`,
    failSwapOn: false,
    clusterDomain: 'cluster.local',
    clusterDNS: [node],
    resolvConf: '',
    evictionHard: { 'memory.available': '100Mi' },
    // A test waits until a pressure that is over is said to be over.
    evictionPressureTransitionPeriod: '2s',
    imageGCHighThresholdPercent: 100,
    serializeImagePulls: false,
    // Controllers wait until the kubelet has renewed the Secret of their certificates: a minute, if it is left alone.
    syncFrequency: '1s',
    nodeStatusUpdateFrequency: '4s',
    nodeLeaseDurationSeconds: 20,
    maxPods: 200
  };
}

function kubeProxyConfig(node: string, pods: string, folder: string): unknown {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'nftables',
    clientConnection: { kubeconfig: `${folder}/proxy.kubeconfig` },
    hostnameOverride: NODE,
    bindAddress: node,
    healthzBindAddress: '127.0.0.1:10256',
    metricsBindAddress: '127.0.0.1:10249',
    nodePortAddresses: [pods],
    clusterCIDR: pods,
    conntrack: { maxPerCore: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' }
  };
}

/** Answers are kept for a second at most: ranks that look for each other must see a pod as soon as it has an address. */
function corefile(node: string, context: string, folder: string): string {
  return `.:53 {
  bind ${node}
  errors
  health 127.0.0.1:8080
  ready 127.0.0.1:8181
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    kubeconfig ${folder}/admin.kubeconfig ${context}
    pods insecure
    ttl 1
  }
  cache 1
}
`;
}
