/** What each process of a cluster is started with. Pure: addresses and paths in, commands out. */
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
/** So many simulated nodes are no more work for the control plane than none. */
const FEW = 20;

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

function controllerManager({ addresses: { controllerManagerPort }, kwok }: ClusterSpec, places: Places): Component {
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
      // By itself it makes 20 pods a second: ten thousand take eight minutes.
      '--kube-api-qps=500',
      '--kube-api-burst=1000',
      '--allocate-node-cidrs=false',
      '--bind-address=127.0.0.1',
      `--secure-port=${controllerManagerPort}`,
      // A claim made together with its volume waits for the next round. Ten thousand claims, looked at every 2 s, are work for a core.
      `--pvclaimbinder-sync-period=${kwok > FEW ? 15 : 2}s`,
      // A test of a lost node waits for it; a thousand simulated ones on two busy cores are not lost when they are late.
      `--node-monitor-grace-period=${kwok > FEW ? 120 : 20}s`
    ]
  };
}

function scheduler({ addresses: { schedulerPort } }: ClusterSpec, { bin, folder }: Places): Component {
  return {
    name: 'scheduler',
    profile: 'api',
    command: [
      `${bin}/kube-scheduler`,
      `--config=${folder}/config/scheduler.json`,
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
      `--config=${folder}/config/kwok.json`,
      `--config=${manifests}/kwok-stages.yaml`,
      '--manage-all-nodes=false',
      '--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake',
      '--node-lease-duration-seconds=40',
      `--server-address=127.0.0.1:${kwokPort}`
    ]
  };
}
