/** The programs of a test cluster, and helm, built from pinned Go modules: once for each state of the modules and of our own Go files. */
import { spawn } from 'node:child_process';
import { readdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT, runCommand } from '../../../scripts/command.ts';
import { isMade, madeOnce } from '../made-once.ts';

const NAME = 'programs';
const MODULE = path.join(ROOT, 'operator/cluster/binaries');
/** KubeRay and the DRA example driver do not compile against the libraries of Kubernetes 1.36. */
const OLDER_MODULE = path.join(MODULE, 'k8s-0.35');
/** By itself, so that another helm does not mean seven minutes of building everything else. */
const HELM_MODULE = path.join(MODULE, 'helm');

const KUBERNETES = '1.36.3';
const VERSION = 'k8s.io/component-base/version';
const FLAGS = [
  '-trimpath',
  '-ldflags',
  [
    '-s -w',
    // Without these a node reports a template as its version.
    `-X ${VERSION}.gitVersion=v${KUBERNETES}`,
    `-X ${VERSION}.gitMajor=${KUBERNETES.split('.')[0]}`,
    `-X ${VERSION}.gitMinor=${KUBERNETES.split('.')[1]}`,
    `-X ${VERSION}.gitTreeState=clean`,
    `-X ${VERSION}.buildDate=1970-01-01T00:00:00Z`
  ].join(' ')
];

interface Batch {
  readonly folder: string;
  readonly packages: readonly string[];
}

const BATCHES: readonly Batch[] = [
  {
    folder: MODULE,
    packages: [
      'k8s.io/kubernetes/cmd/kube-apiserver',
      'k8s.io/kubernetes/cmd/kube-controller-manager',
      'k8s.io/kubernetes/cmd/kube-scheduler',
      'k8s.io/kubernetes/cmd/kubelet',
      'k8s.io/kubernetes/cmd/kube-proxy',
      'k8s.io/kubernetes/cmd/kubectl',
      'go.etcd.io/etcd/server/v3',
      'github.com/containerd/containerd/v2/cmd/containerd',
      'github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2',
      'github.com/containerd/containerd/v2/cmd/ctr',
      'github.com/containernetworking/plugins/plugins/ipam/host-local',
      'github.com/containernetworking/plugins/plugins/main/bridge',
      'github.com/containernetworking/plugins/plugins/main/loopback',
      'sigs.k8s.io/kueue/cmd/kueue',
      'sigs.k8s.io/jobset',
      'github.com/kubeflow/trainer/v2/cmd/trainer-controller-manager',
      'sigs.k8s.io/kwok/cmd/kwok',
      './coredns',
      './fake-gpus'
    ]
  },
  // By itself: it names a library in upper case that others name in lower case, which one build cannot hold.
  { folder: MODULE, packages: ['github.com/rancher/local-path-provisioner'] },
  {
    folder: OLDER_MODULE,
    packages: [
      'github.com/ray-project/kuberay/ray-operator',
      'sigs.k8s.io/dra-example-driver/cmd/dra-example-kubeletplugin'
    ]
  }
];

const HELM: Batch = { folder: HELM_MODULE, packages: ['helm.sh/helm/v4/cmd/helm'] };

/** Packages whose last word says nothing. */
const RENAMED: Readonly<Record<string, string>> = { server: 'etcd' };

/** The folder that holds the programs; they are built first where they are not there. `say` gets a line per step. */
export async function ensureBinaries(say: (line: string) => void): Promise<string> {
  return madeOnce(NAME, await inputs(), async folder => {
    await requireGo();
    for (const batch of BATCHES) await build(batch, folder, say);
    for (const [from, to] of Object.entries(RENAMED)) await rename(path.join(folder, from), path.join(folder, to));
  });
}

/** True where a cluster can start without building anything, and so without Go. */
export async function hasBinaries(): Promise<boolean> {
  return isMade(NAME, await inputs());
}

/** Where the program helm is; it is built first where it is not there. */
export async function ensureHelm(say: (line: string) => void): Promise<string> {
  const texts = await sources(HELM_MODULE);
  const folder = await madeOnce('helm', [FLAGS, HELM.packages, texts], async part => {
    await requireGo();
    await build(HELM, part, say);
  });
  return path.join(folder, 'helm');
}

async function inputs(): Promise<unknown> {
  return [FLAGS, BATCHES.map(({ packages }) => packages), await sources(MODULE, HELM_MODULE)];
}

/** What a folder's programs are built from, but for another folder in it: names and contents. */
async function sources(folder: string, without?: string): Promise<unknown> {
  const files = (await readdir(folder, { recursive: true })).filter(
    name =>
      /\.go$|go\.(mod|sum)$/.test(name) &&
      !name.endsWith('_test.go') &&
      path.dirname(path.join(folder, name)) !== without
  );
  return Promise.all(files.sort().map(async name => [name, await readFile(path.join(folder, name), 'utf8')]));
}

/** @throws Error that says what was found and how the right one is had. */
export async function requireGo(): Promise<void> {
  const { stdout } = await runCommand('go', ['env', 'GOVERSION'], { capture: true }).catch(() => ({ stdout: '' }));
  const [, minor] = /^go1\.(\d+)/.exec(stdout) ?? [];
  if (minor !== undefined && Number(minor) >= 26) return;
  const found = stdout === '' ? 'there is no Go' : `this is ${stdout.trim()}`;
  throw new Error(
    `the programs of a test cluster are built with Go 1.26 or newer, and ${found}. ` +
      'Debian’s is too old: install it from go.dev/dl, put it on PATH, and try again'
  );
}

async function build({ folder, packages }: Batch, out: string, say: (line: string) => void): Promise<void> {
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' };
  const child = spawn('go', ['build', '-v', ...FLAGS, '-o', `${out}/`, ...packages], {
    cwd: folder,
    env,
    stdio: ['ignore', 'inherit', 'pipe']
  });
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  const complaints: string[] = [];
  let compiled = 0;
  for await (const line of createInterface({ input: child.stderr })) {
    const isPackage = /^[\w./-]+$/.test(line);
    if (!isPackage) complaints.push(line);
    if (isPackage && ++compiled % 250 === 0) say(`${compiled} packages compiled`);
  }
  if ((await ended) !== 0)
    throw new Error(`go build of ${packages.join(', ')} failed:\n${complaints.slice(-20).join('\n')}`);
}
