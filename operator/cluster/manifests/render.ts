/**
 * Makes the manifests of the test cluster's controllers: upstream's own, out of the Go module cache, with the patches beside
 * this file. What comes out names no image but those that the cluster builds, because there is no registry to pull others from.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mustRun } from '../../../scripts/command.ts';
import { quietly } from '../quietly.ts';

/** A Go module whose `folder` holds manifests, and the folder of `binaries` whose go.mod says which version. */
interface Upstream {
  readonly module: string;
  readonly folder: string;
  readonly pinnedIn: string;
}

/** What the kustomization in the folder of that name starts from: it finds it as `../upstream/<name>`. */
const UPSTREAM: Readonly<Record<string, Upstream | undefined>> = {
  jobset: { module: 'sigs.k8s.io/jobset', folder: 'config', pinnedIn: '.' },
  trainer: { module: 'github.com/kubeflow/trainer/v2', folder: 'manifests', pinnedIn: '.' },
  kuberay: { module: 'github.com/ray-project/kuberay/ray-operator', folder: 'config', pinnedIn: 'k8s-0.35' },
  'local-path': { module: 'github.com/rancher/local-path-provisioner', folder: 'deploy', pinnedIn: '.' },
  'dra-example-driver': undefined, // its upstream has a Helm chart only
  kueue: { module: 'sigs.k8s.io/kueue', folder: 'config', pinnedIn: '.' },
  'kwok-stages': { module: 'sigs.k8s.io/kwok', folder: 'kustomize/stage', pinnedIn: '.' }
};

/** Folders that upstream's manifests take in and that would be downloaded: where they are named, and by what. */
const FROM_THE_INTERNET = [
  { file: 'upstream/trainer/overlays/manager/kustomization.yaml', line: /^.*third-party\/jobset.*\n/m }
];

const OUR_IMAGES = 'localhost/berth/';

export interface RenderOptions {
  /** The kubectl that has `kustomize`. */
  readonly kubectl: string;
  /** The folder that `<name>.yaml` is written to; made where it is missing. */
  readonly out: string;
  /** Where the node keeps the volumes of claims. */
  readonly volumeFolder: string;
}

/**
 * Writes `<out>/<name>.yaml` for every folder beside this file. All but `kwok-stages`, which kwok reads, are for the API server.
 *
 * @throws where a module is not in the cache, a manifest does not render, or one names an image that is not ours.
 */
export async function renderManifests(options: RenderOptions): Promise<void> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'berth-manifests-'));
  try {
    await mkdir(options.out, { recursive: true });
    await copyFiles(import.meta.dirname, scratch);
    for (const [name, upstream] of Object.entries(UPSTREAM)) {
      if (upstream === undefined) continue;
      const folder = await moduleFolder(upstream);
      await copyFiles(path.join(folder, upstream.folder), path.join(scratch, 'upstream', name));
    }
    for (const { file, line } of FROM_THE_INTERNET) await replaceIn(path.join(scratch, file), line, '');
    await replaceIn(path.join(scratch, 'local-path', 'config.json'), /VOLUME_FOLDER/g, options.volumeFolder);
    for (const name of Object.keys(UPSTREAM)) await render(options, scratch, name);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Where the Go module cache has, after a download if it must be, the module in the version that our go.mod names. */
async function moduleFolder({ module, pinnedIn }: Upstream): Promise<string> {
  const cwd = path.join(import.meta.dirname, '..', 'binaries', pinnedIn);
  const { Dir } = JSON.parse(await quietly('go', ['-C', cwd, 'mod', 'download', '-json', module])) as { Dir: string };
  return Dir;
}

/** Copies what is in the files and not their modes: the cache is read-only, and so would be what came out of it. */
async function copyFiles(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const source = path.join(entry.parentPath, entry.name);
    const target = path.join(to, path.relative(from, source));
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, await readFile(source));
  }
}

/** @throws where there is nothing to replace: the file is no longer what this one takes it for. */
async function replaceIn(file: string, pattern: RegExp, replacement: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  const replaced = text.replace(pattern, () => replacement);
  if (replaced === text) throw new Error(`${file}: nothing matches ${pattern.source}`);
  await writeFile(file, replaced);
}

async function render({ kubectl, out }: RenderOptions, scratch: string, name: string): Promise<void> {
  const manifest = await mustRun(kubectl, ['kustomize', path.join(scratch, name)], { capture: true });
  const foreign = imagesIn(manifest).filter(image => !image.startsWith(OUR_IMAGES));
  if (foreign.length > 0) throw new Error(`${name}: these images are not in the cluster: ${foreign.join(', ')}`);
  await writeFile(path.join(out, `${name}.yaml`), manifest);
}

/** Of containers, not of CRDs' schemas (a key without a value) nor of kwok's templates. */
function imagesIn(manifest: string): string[] {
  return [...manifest.matchAll(/^[\s-]*image: *([^\s{].*)$/gm)].map(match => match[1] ?? '');
}
