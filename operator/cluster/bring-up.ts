/** The steps of bringing a cluster up, in the order in which `up` takes them. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { waitUntil } from '../../scripts/wait-until.ts';
import { components, CONTAINERD_SOCKET, GPU_STATE, type Places } from './components.ts';
import { configFiles, initialGpus } from './config-files.ts';
import { importImage } from './images/import-image.ts';
import type { BuiltImage } from './images/images.ts';
import type { Kubectl } from './kubectl.ts';
import type { Machine } from './machine.ts';
import { quietly } from './quietly.ts';
import { isReady } from './ready.ts';
import { type ClusterSpec, includes, NODE } from './spec.ts';
import { cgroupOf, folderOf } from './state.ts';

export type Say = (line: string) => void;

/** What every step needs of a cluster: what it is to be, where its files are, and where its processes run. */
export interface Site {
  readonly spec: ClusterSpec;
  readonly places: Places;
  readonly machine: Machine;
}

/** Runs one step and says what it was and how long it took. */
export async function step<T>(name: string, say: Say, run: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await run();
  say(`${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  return result;
}

/** Files that the processes read; GPUs that a test has made ill are well again. What is right is left alone: kube-proxy ends when its file is written to. */
export async function writeConfig(spec: ClusterSpec, places: Places): Promise<void> {
  const files = configFiles(spec, places, cgroupOf(spec));
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(places.folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    if ((await textOf(file)) !== text) await writeFile(file, text);
  }
  await writeFile(path.join(places.folder, GPU_STATE), JSON.stringify(initialGpus(), null, 2));
}

/** Undefined where there is no such file. */
async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export async function startComponents({ spec, places, machine }: Site, names: readonly string[]): Promise<void> {
  const known = components(spec, places);
  for (const name of names) {
    const component = known.find(candidate => candidate.name === name);
    if (component === undefined) {
      throw new Error(`a cluster has no process '${name}'; it has: ${known.map(each => each.name).join(', ')}`);
    }
    await machine.start(name, component.command, component.env);
  }
}

export async function startControlPlane(site: Site, say: Say): Promise<void> {
  const { spec } = site;
  await step('API server', say, async () => {
    await startComponents(site, ['etcd', 'apiserver']);
    // It takes seconds too, and waits for nobody.
    if (includes(spec.profile, 'node')) await startComponents(site, ['containerd']);
    await waitUntil('the API server is ready', 60_000, () => isReady(spec, folderOf(spec.name)));
    await startComponents(site, ['controller-manager', 'scheduler']);
  });
}

/** The node and what runs on it as processes. Its images may still be on their way: pods wait for theirs. */
export async function startNode(site: Site, kubectl: Kubectl, say: Say): Promise<void> {
  await step('node', say, async () => {
    await startComponents(site, ['kubelet', 'fake-gpus', 'kube-proxy', 'coredns', 'network-policy']);
    await kubectl.until<{ status: { conditions?: { type: string; status: string }[] } }>(
      'the node is ready',
      ['node', NODE],
      ({ status: { conditions = [] } }) => conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
    );
    await kubectl.until('there is a default service account', ['serviceaccount', 'default'], () => true);
  });
}

/** Gives containerd the images that it does not have yet, one after the other. */
export async function giveImages(site: Site, images: Iterable<BuiltImage>, say: Say): Promise<void> {
  await step('images imported', say, async () => {
    for (const image of images) await giveImage(site, image);
  });
}

async function giveImage({ places: { bin, folder }, machine }: Site, image: BuiltImage): Promise<void> {
  const ctr = machine.inside([`${bin}/ctr`, `--address=${CONTAINERD_SOCKET}`, '--namespace=k8s.io']);
  const call = (...args: string[]) => quietly(ctr[0] ?? '', [...ctr.slice(1), ...args]);
  await waitUntil('containerd answers', 30_000, () =>
    call('version').then(
      () => true,
      () => false
    )
  );
  // The name says the digest; the other one is what manifests and tests say, and it is given last, when all is there.
  const present = await call('images', 'ls', `name==${alias(image.name)}`);
  const seenFromHere = (inside: string) => inside.replace('/var/lib/containerd', path.join(folder, 'containerd'));
  if (!present.includes(image.digest)) await importImage({ ctr, seenFromHere }, image);
  await call('images', 'tag', '--force', image.name, alias(image.name));
}

/** `localhost/berth/base:1`: the image that this cluster was given under that name, whatever is in it. */
function alias(name: string): string {
  return name.replace(/:[^:/]*$/, ':1');
}
