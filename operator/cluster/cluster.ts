/** A test cluster comes up, is looked at, and goes without a trace. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../../scripts/cache-folder.ts';
import { mustRun } from '../../scripts/command.ts';
import { freePort } from '../../scripts/free-port.ts';
import { waitUntil } from '../../scripts/wait-until.ts';
import { ensureBinaries } from './binaries/build.ts';
import { makeCgroups, removeCgroups } from './cgroups.ts';
import { components, CONTAINERD_SOCKET, GPU_STATE, type Places } from './components.ts';
import { configFiles, initialGpus } from './config-files.ts';
import { ensureManifests, imagesOf, installAddOns } from './add-ons.ts';
import { buildImages, type BuiltImage } from './images/images.ts';
import { importImage } from './images/import-image.ts';
import { quietly } from './images/quietly.ts';
import { exclusively } from './exclusively.ts';
import { Kubectl } from './kubectl.ts';
import { kwokNodes } from './kwok-nodes.ts';
import { Machine, type Process } from './machine.ts';
import { makePki, writeKubeconfigs } from './pki.ts';
import { missingPrerequisites } from './prerequisites.ts';
import { isReady } from './ready.ts';
import {
  blocksInRoutes,
  type ClusterSpec,
  freeBlock,
  includes,
  loopbackAddresses,
  NODE,
  ownAddresses,
  type Profile
} from './spec.ts';

export interface Wish {
  readonly name: string;
  readonly profile: Profile;
  /** Simulated GPU nodes; absent: as many as there are. */
  readonly kwok?: number;
}

export interface Status {
  readonly name: string;
  readonly phase: 'down' | 'up' | 'damaged';
  readonly profile?: Profile;
  readonly kwok?: number;
  readonly server?: string;
  readonly kubeconfig?: string;
  readonly processes: readonly Process[];
}

export type Say = (line: string) => void;

const LAST_WORDS = 5;
const CLUSTERS = path.join(cacheFolder(), 'clusters');
export const folderOf = (name: string): string => path.join(CLUSTERS, name);
/** By its network, for that is taken only once on a machine: another person's cluster may have the same name. */
const cgroupOf = ({ block = 0 }: ClusterSpec): string => `berth-${block}`;

/** Names of the clusters that have a state on this machine. */
export async function clusterNames(): Promise<string[]> {
  const entries = await readdir(CLUSTERS, { withFileTypes: true }).catch(() => []);
  return entries
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .sort();
}

/** Brings a cluster to what is wished: makes it, mends it, adds to it; a second time does nothing. Throws saying what is missing. */
export function up(wish: Wish, say: Say): Promise<Status> {
  return exclusively(path.join(CLUSTERS, `${wish.name}.lock`), () => bringUp(wish, say));
}

async function bringUp(wish: Wish, say: Say): Promise<Status> {
  const complaints = await missingPrerequisites(wish.profile);
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
  const bin = await step('programs', say, () => ensureBinaries(line => say(`  ${line}`)));
  const manifests = await step('manifests', say, () => ensureManifests(bin));
  const spec = await settle(wish);
  const folder = folderOf(spec.name);
  const places: Places = {
    folder,
    bin,
    manifests,
    nodeProgram: process.execPath,
    enforcer: fileURLToPath(new URL('network-policy/enforcer.ts', import.meta.url))
  };
  const images = await step('images', say, () =>
    buildImages(imagesOf(spec.profile), { binaries: bin, onProgress: line => say(`  ${line}`) })
  );
  await step('certificates', say, async () => {
    await makePki(spec, folder);
    await writeKubeconfigs(spec, folder);
  });
  const machine = await step('namespaces', say, () => machineOf(spec));
  await writeConfig(spec, places);
  const kubectl = kubectlOf(spec.name, bin);
  await startControlPlane(spec, places, machine, say);
  if (includes(spec.profile, 'node')) await startNode(spec, places, machine, kubectl, [...images.values()], say);
  if (spec.kwok > 0) {
    await step(`${spec.kwok} simulated nodes`, say, async () => {
      await startComponents(spec, places, machine, ['kwok']);
      await kubectl.apply(kwokNodes(spec.kwok));
    });
  }
  await installAddOns(spec.profile, manifests, kubectl, (name, install) => step(name, say, install));
  return requireWhole(await status(spec.name));
}

/** A process that has ended since it was started is said with its last words, while they are there. */
async function requireWhole(state: Status): Promise<Status> {
  if (state.phase === 'up') return state;
  const ended = state.processes.filter(({ running: runs }) => !runs).map(({ name }) => name);
  const words = await Promise.all(
    ended.map(async name => {
      const log = await readFile(path.join(folderOf(state.name), 'logs', `${name}.log`), 'utf8');
      return `${name} has ended:\n${log.trim().split('\n').slice(-LAST_WORDS).join('\n')}`;
    })
  );
  throw new Error(words.join('\n') || 'the API server does not answer');
}

/** Ends everything that runs and removes everything but what the cache keeps for other clusters. Nothing to do is no error. */
export function down(name: string, say: Say): Promise<void> {
  return exclusively(path.join(CLUSTERS, `${name}.lock`), () => bringDown(name, say));
}

async function bringDown(name: string, say: Say): Promise<void> {
  const folder = folderOf(name);
  if (!existsSync(folder)) return say(`there is no cluster ${name}`);
  const spec = await readSpec(name);
  await step('processes', say, async () => {
    const machine = spec?.block === undefined ? Machine.shared(folder) : await Machine.found(folder);
    await machine?.destroy();
  });
  if (spec?.block !== undefined) await step('cgroups', say, () => removeCgroups(cgroupOf(spec)));
  await step('files', say, () => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
}

export async function status(name: string): Promise<Status> {
  const spec = await readSpec(name);
  if (spec === undefined) return { name, phase: 'down', processes: [] };
  const folder = folderOf(name);
  const machine = spec.block === undefined ? Machine.shared(folder) : await Machine.found(folder);
  const processes = (await machine?.processes()) ?? [];
  const isWhole =
    processes.length > 0 && processes.every(({ running }) => running) && (await isReady(spec, folderOf(spec.name)));
  const { profile, kwok, addresses } = spec;
  return {
    name,
    phase: isWhole ? 'up' : 'damaged',
    profile,
    kwok,
    server: `https://${addresses.node}:${addresses.apiPort}`,
    kubeconfig: path.join(folder, 'admin.kubeconfig'),
    processes
  };
}

/** kubectl as the administrator of a cluster. */
export function kubectlOf(name: string, bin: string): Kubectl {
  return new Kubectl(path.join(bin, 'kubectl'), path.join(folderOf(name), 'admin.kubeconfig'));
}

/** Starts a process of a cluster again as `up` has started it. Throws where there is no such cluster or process. */
export async function restart(name: string, component: string): Promise<void> {
  const { spec, machine, places } = await running(name);
  await startComponents(spec, places, machine, [component]);
}

/** The parts of a cluster that runs, for fault tools. Throws where it does not. */
export async function running(name: string): Promise<{ spec: ClusterSpec; machine: Machine; places: Places }> {
  const spec = await readSpec(name);
  const folder = folderOf(name);
  const machine = spec?.block === undefined ? Machine.shared(folder) : await Machine.found(folder);
  if (spec === undefined || machine === undefined)
    throw new Error(`cluster ${name} does not run: npm run cluster -- up`);
  const bin = await ensureBinaries(() => undefined);
  return {
    spec,
    machine,
    places: {
      folder,
      bin,
      manifests: await ensureManifests(bin),
      nodeProgram: process.execPath,
      enforcer: fileURLToPath(new URL('network-policy/enforcer.ts', import.meta.url))
    }
  };
}

async function step<T>(name: string, say: Say, run: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await run();
  say(`${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  return result;
}

async function readSpec(name: string): Promise<ClusterSpec | undefined> {
  const text = await readFile(path.join(folderOf(name), 'cluster.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as ClusterSpec);
}

/** What the cluster is to be: what was wished and what it already is. Kept under its folder. */
async function settle(wish: Wish): Promise<ClusterSpec> {
  const before = await readSpec(wish.name);
  if (before !== undefined && (before.profile === 'api') !== (wish.profile === 'api')) {
    throw new Error(
      `cluster ${wish.name} has profile ${before.profile} and cannot become ${wish.profile}: end it first, or give another name`
    );
  }
  const profile = before !== undefined && includes(before.profile, wish.profile) ? before.profile : wish.profile;
  const kwok = wish.kwok ?? before?.kwok ?? 0;
  const place = before ?? (await newPlace(wish.profile));
  const spec: ClusterSpec = { ...place, name: wish.name, profile, kwok };
  const folder = folderOf(wish.name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(path.join(folder, 'cluster.json.part'), JSON.stringify(spec));
  await rename(path.join(folder, 'cluster.json.part'), path.join(folder, 'cluster.json'));
  return spec;
}

async function newPlace(profile: Profile): Promise<Pick<ClusterSpec, 'block' | 'addresses'>> {
  if (profile === 'api') {
    const ports = [
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort()
    ];
    return { addresses: loopbackAddresses(ports as [number, number, number, number, number, number]) };
  }
  const taken = blocksInRoutes(await mustRun('ip', ['-4', 'route'], { capture: true }));
  for (const name of await clusterNames()) taken.add((await readSpec(name))?.block ?? 0);
  const block = freeBlock(taken);
  return { block, addresses: ownAddresses(block) };
}

async function machineOf(spec: ClusterSpec): Promise<Machine> {
  const folder = folderOf(spec.name);
  if (spec.block === undefined) return Machine.shared(folder);
  await makeCgroups(cgroupOf(spec));
  return Machine.own(folder, spec.block);
}

async function writeConfig(spec: ClusterSpec, places: Places): Promise<void> {
  const files = configFiles(spec, places, cgroupOf(spec));
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(places.folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const gpus = path.join(places.folder, GPU_STATE);
  if (!existsSync(gpus)) await writeFile(gpus, JSON.stringify(initialGpus(), null, 2));
}

async function startComponents(
  spec: ClusterSpec,
  places: Places,
  machine: Machine,
  names: readonly string[]
): Promise<void> {
  const known = components(spec, places);
  for (const name of names) {
    const component = known.find(candidate => candidate.name === name);
    if (component === undefined) {
      throw new Error(`a cluster has no process '${name}'; it has: ${known.map(each => each.name).join(', ')}`);
    }
    await machine.start(name, component.command, component.env);
  }
}

async function startControlPlane(spec: ClusterSpec, places: Places, machine: Machine, say: Say): Promise<void> {
  await step('API server', say, async () => {
    await startComponents(spec, places, machine, ['etcd', 'apiserver']);
    // It takes seconds too, and waits for nobody.
    if (includes(spec.profile, 'node')) await startComponents(spec, places, machine, ['containerd']);
    await waitUntil('the API server is ready', 60_000, () => isReady(spec, folderOf(spec.name)));
    await startComponents(spec, places, machine, ['controller-manager', 'scheduler']);
  });
}

async function startNode(
  spec: ClusterSpec,
  places: Places,
  machine: Machine,
  kubectl: Kubectl,
  images: readonly BuiltImage[],
  say: Say
): Promise<void> {
  const [pause, ...others] = [...images].sort(
    (a, b) => Number(b.name.includes('/pause')) - Number(a.name.includes('/pause'))
  );
  if (pause !== undefined) await step('containerd', say, () => giveImage(places, machine, pause));
  // No pod starts without its image, and one that is there waits for nobody: the rest arrives meanwhile.
  const imported = step('images imported', say, async () => {
    for (const image of others) await giveImage(places, machine, image);
  });
  imported.catch(() => undefined); // awaited below
  await step('node', say, async () => {
    await startComponents(spec, places, machine, ['kubelet', 'fake-gpus', 'kube-proxy', 'coredns', 'network-policy']);
    await kubectl.until<{ status: { conditions?: { type: string; status: string }[] } }>(
      'the node is ready',
      ['node', NODE],
      ({ status: { conditions = [] } }) => conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
    );
    await kubectl.until('there is a default service account', ['serviceaccount', 'default'], () => true);
  });
  await imported;
}

async function giveImage({ bin, folder }: Places, machine: Machine, image: BuiltImage): Promise<void> {
  const ctr = machine.inside([`${bin}/ctr`, `--address=${CONTAINERD_SOCKET}`, '--namespace=k8s.io']);
  const call = (...args: string[]) => quietly(ctr[0] ?? '', [...ctr.slice(1), ...args]);
  await waitUntil('containerd answers', 30_000, () =>
    call('version').then(
      () => true,
      () => false
    )
  );
  const present = await call('images', 'ls', `name==${image.name}`);
  const seenFromHere = (inside: string) => inside.replace('/var/lib/containerd', path.join(folder, 'containerd'));
  if (!present.includes(image.digest)) await importImage({ ctr, seenFromHere }, image);
  // The name says the digest; this one is what manifests and tests say.
  await call('images', 'tag', '--force', image.name, alias(image.name));
}

/** `localhost/berth/base:1`: the image that this cluster was given under that name, whatever is in it. */
function alias(name: string): string {
  return name.replace(/:[^:/]*$/, ':1');
}
