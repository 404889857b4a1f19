/** What each process of a cluster is started with, and the files that it reads. Pure: addresses and paths in, commands and texts out. */
import { type ClusterSpec, includes, NODE, type Profile } from './spec.ts';

/** Where things are on this machine. */
export interface Places {
  /** State of the cluster. */
  readonly folder: string;
  /** The programs. */
  readonly bin: string;
  /** Rendered manifests. */
  readonly manifests: string;
  /** The Node that runs our own processes, and the file of the NetworkPolicy enforcer. */
  readonly nodeProgram: string;
  readonly enforcer: string;
}

export interface Component {
  readonly name: string;
  readonly profile: Profile;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export const CONTAINERD_SOCKET = '/run/containerd/containerd.sock';
export const GPU_STATE = 'gpus.json';

/** In the order in which they are started. */
export function components(spec: ClusterSpec, places: Places): Component[] {
  const all = [
    etcd(spec, places),
    apiServer(spec, places),
    containerd(places),
    controllerManager(spec, places),
    scheduler(spec, places),
    kubelet(spec, places),
    kubeProxy(places),
    coreDns(places),
    networkPolicy(spec, places),
    fakeGpus(places)
  ].filter(({ profile }) => includes(spec.profile, profile));
  return spec.kwok > 0 ? [...all, kwok(spec, places)] : all;
}

function etcd({ addresses: { etcdPort, etcdPeerPort } }: ClusterSpec, { bin, folder }: Places): Component {
  const clients = `http://127.0.0.1:${etcdPort}`;
  const peers = `http://127.0.0.1:${etcdPeerPort}`;
  return {
    name: 'etcd',
    profile: 'api',
    command: [
      `${bin}/etcd`,
      `--data-dir=${folder}/etcd`,
      `--listen-client-urls=${clients}`,
      `--advertise-client-urls=${clients}`,
      `--listen-peer-urls=${peers}`,
      `--initial-advertise-peer-urls=${peers}`,
      `--initial-cluster=default=${peers}`,
      // A test cluster that loses its power is made anew.
      '--unsafe-no-fsync',
      '--quota-backend-bytes=4294967296'
    ]
  };
}

function apiServer({ addresses }: ClusterSpec, { bin, folder }: Places): Component {
  const pki = `${folder}/pki`;
  return {
    name: 'apiserver',
    profile: 'api',
    // Left alone it grows to twice this.
    env: { GOGC: '50' },
    command: [
      `${bin}/kube-apiserver`,
      `--etcd-servers=http://127.0.0.1:${addresses.etcdPort}`,
      `--bind-address=${addresses.node}`,
      `--advertise-address=${addresses.node}`,
      `--secure-port=${addresses.apiPort}`,
      `--service-cluster-ip-range=${addresses.services}`,
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction',
      '--allow-privileged=true',
      `--client-ca-file=${pki}/ca.crt`,
      `--tls-cert-file=${pki}/apiserver.crt`,
      `--tls-private-key-file=${pki}/apiserver.key`,
      `--service-account-key-file=${pki}/service-accounts.pub`,
      `--service-account-signing-key-file=${pki}/service-accounts.key`,
      '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
      `--kubelet-client-certificate=${pki}/admin.crt`,
      `--kubelet-client-key=${pki}/admin.key`,
      '--kubelet-preferred-address-types=InternalIP',
      `--requestheader-client-ca-file=${pki}/front-ca.crt`,
      '--requestheader-allowed-names=front-proxy',
      '--requestheader-username-headers=X-Remote-User',
      '--requestheader-group-headers=X-Remote-Group',
      '--requestheader-extra-headers-prefix=X-Remote-Extra-',
      `--proxy-client-cert-file=${pki}/front-proxy.crt`,
      `--proxy-client-key-file=${pki}/front-proxy.key`,
      '--enable-aggregator-routing=true'
    ]
  };
}

function controllerManager({ addresses: { controllerManagerPort } }: ClusterSpec, places: Places): Component {
  const { bin, folder } = places;
  return {
    name: 'controller-manager',
    profile: 'api',
    command: [
      `${bin}/kube-controller-manager`,
      `--kubeconfig=${folder}/controller-manager.kubeconfig`,
      `--service-account-private-key-file=${folder}/pki/service-accounts.key`,
      `--root-ca-file=${folder}/pki/ca.crt`,
      '--use-service-account-credentials',
      '--leader-elect=false',
      '--allocate-node-cidrs=false',
      '--bind-address=127.0.0.1',
      `--secure-port=${controllerManagerPort}`,
      // A claim made together with its volume waits for the next round.
      '--pvclaimbinder-sync-period=2s',
      // Half of what it is by itself: a test of a lost node waits for it.
      '--node-monitor-grace-period=20s'
    ]
  };
}

function scheduler({ addresses: { schedulerPort } }: ClusterSpec, { bin, folder }: Places): Component {
  return {
    name: 'scheduler',
    profile: 'api',
    command: [
      `${bin}/kube-scheduler`,
      `--kubeconfig=${folder}/scheduler.kubeconfig`,
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
      `--secure-port=${schedulerPort}`
    ]
  };
}

function containerd({ bin, folder }: Places): Component {
  return {
    name: 'containerd',
    profile: 'node',
    // It looks for its shim and for runc on PATH.
    env: { PATH: `${bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin` },
    command: [`${bin}/containerd`, `--config=${folder}/config/containerd.toml`]
  };
}

function kubelet({ addresses: { node } }: ClusterSpec, { bin, folder }: Places): Component {
  return {
    name: 'kubelet',
    profile: 'node',
    command: [
      `${bin}/kubelet`,
      `--config=${folder}/config/kubelet.json`,
      `--kubeconfig=${folder}/kubelet.kubeconfig`,
      `--hostname-override=${NODE}`,
      `--node-ip=${node}`,
      `--cert-dir=${folder}/kubelet-pki`
    ]
  };
}

function kubeProxy({ bin, folder }: Places): Component {
  return {
    name: 'kube-proxy',
    profile: 'node',
    command: [`${bin}/kube-proxy`, `--config=${folder}/config/kube-proxy.json`]
  };
}

function coreDns({ bin, folder }: Places): Component {
  return { name: 'coredns', profile: 'node', command: [`${bin}/coredns`, '-conf', `${folder}/config/Corefile`] };
}

function networkPolicy({ addresses: { pods } }: ClusterSpec, { folder, nodeProgram, enforcer }: Places): Component {
  return {
    name: 'network-policy',
    profile: 'node',
    command: [nodeProgram, enforcer, '--kubeconfig', `${folder}/admin.kubeconfig`, '--pod-network', pods]
  };
}

function fakeGpus({ bin, folder }: Places): Component {
  return {
    name: 'fake-gpus',
    profile: 'node',
    command: [`${bin}/fake-gpus`, '--plugins-folder=/var/lib/kubelet/device-plugins', `--state=${folder}/${GPU_STATE}`]
  };
}

function kwok({ addresses: { kwokPort } }: ClusterSpec, { bin, folder, manifests }: Places): Component {
  return {
    name: 'kwok',
    profile: 'api',
    command: [
      `${bin}/kwok`,
      `--kubeconfig=${folder}/admin.kubeconfig`,
      `--config=${manifests}/kwok-stages.yaml`,
      '--manage-all-nodes=false',
      '--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake',
      '--node-lease-duration-seconds=40',
      `--server-address=127.0.0.1:${kwokPort}`
    ]
  };
}

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
    'config/containerd.toml': containerdConfig(bin, folder),
    'config/cni/10-bridge.conflist': JSON.stringify(cniConfig(spec)),
    'config/kubelet.json': JSON.stringify(kubeletConfig(node, folder, cgroup)),
    'config/kube-proxy.json': JSON.stringify(kubeProxyConfig(node, pods, folder)),
    'config/Corefile': corefile(node, spec.name, folder)
  };
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
