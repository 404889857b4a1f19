/** The container images of a test cluster: what is in each, and their making. Each is made once for the same inputs, in the cache. */
import { existsSync } from 'node:fs';
import { open, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from '../../../scripts/cache-folder.ts';
import { ROOT } from '../../../scripts/command.ts';
import { exclusively } from '../exclusively.ts';
import { defaultEnvironment } from '../../../scripts/default-environment.ts';
import { debianLayer, PERSON } from './debian.ts';
import { type Layer, sha256OfFile, smallLayer } from './layer.ts';
import { madeOnce } from '../made-once.ts';
import { type ImageConfig, type WrittenImage, writeArchive } from './oci.ts';
import { BUNDLES, bundleLayer, nodeLayer } from './platform-layers.ts';
import { environmentLayer, pythonLayer } from './python-layer.ts';
import { quietly } from '../quietly.ts';
import { isStaticProgram } from './static-program.ts';

/** By image: its one Go program, and whom it runs as. */
const CONTROLLERS = {
  kueue: { program: 'kueue', user: '65532' },
  jobset: { program: 'jobset', user: '65532' },
  trainer: { program: 'trainer-controller-manager', user: '65532' },
  kuberay: { program: 'ray-operator', user: '65532' },
  'local-path-provisioner': { program: 'local-path-provisioner', user: '0' },
  'dra-example-driver': { program: 'dra-example-kubeletplugin', user: '0' }
} as const;
const BUSYBOX = '/bin/busybox';
/** Enough of a program for its headers. */
const HEAD_BYTES = 4096;
const FOREVER_S = '2147483647';
/** The same person in every pod that runs people's code. */
const PERSONAL = { user: PERSON.id, workingDir: PERSON.home, command: ['/bin/bash'], env: { LANG: 'C.UTF-8' } };

export type ControllerName = keyof typeof CONTROLLERS;
export type ImageName = 'pause' | 'base' | 'ray' | 'training' | 'platform' | ControllerName;

export interface BuiltImage extends WrittenImage {
  /** The OCI archive, for `ctr images import`; where a layer is a tree it is not in there, see `importImage`. */
  readonly archive: string;
  /** From the lowest. */
  readonly layers: readonly Layer[];
}

export interface BuildOptions {
  /** The folder with the controllers' programs. */
  readonly binaries: string;
  /** Told before each image, with how far it is. */
  readonly onProgress?: (message: string) => void;
}

interface Recipe {
  readonly config: ImageConfig;
  readonly layers: readonly Layer[];
}

/**
 * Makes those of the images that are not in the cache, one after the other.
 * @throws Error that says what is missing (a program, a Debian package, the network) at the first one that cannot be made
 */
export async function buildImages(
  names: readonly ImageName[],
  { binaries, onProgress = () => undefined }: BuildOptions
): Promise<Map<ImageName, BuiltImage>> {
  const built = new Map<ImageName, BuiltImage>();
  for (const name of names) {
    onProgress(`image ${built.size + 1} of ${names.length}: ${name}`);
    built.set(name, await imageOf(name, await recipeOf(name, binaries)));
  }
  return built;
}

async function imageOf(name: ImageName, { config, layers }: Recipe): Promise<BuiltImage> {
  const inputs = { config, layers: layers.map(layer => layer.digest), architecture: process.arch };
  const folder = await madeOnce(name, inputs, async part => {
    const written = await writeArchive(path.join(part, 'image.tar'), `localhost/berth/${name}`, config, layers);
    await writeFile(path.join(part, 'image.json'), JSON.stringify(written));
  });
  const written = JSON.parse(await readFile(path.join(folder, 'image.json'), 'utf8')) as WrittenImage;
  return { ...written, archive: path.join(folder, 'image.tar'), layers };
}

function recipeOf(name: ImageName, binaries: string): Promise<Recipe> {
  switch (name) {
    case 'pause':
      return pause();
    case 'base':
      return base();
    case 'ray':
      return ray();
    case 'training':
      return training();
    case 'platform':
      return platform();
    default:
      return controller(name, binaries);
  }
}

/** Keeps a pod's namespaces, and is the shell of small tests. */
async function pause(): Promise<Recipe> {
  await requireStatic(BUSYBOX, 'apt-get install busybox-static');
  const layer = await smallLayer('pause', {
    executables: { 'bin/busybox': BUSYBOX },
    links: { 'bin/sh': 'busybox' },
    scratch: ['tmp']
  });
  return { config: { entrypoint: [BUSYBOX, 'sleep', FOREVER_S] }, layers: [layer] };
}

async function controller(name: ControllerName, binaries: string): Promise<Recipe> {
  const { program, user } = CONTROLLERS[name];
  const file = path.join(binaries, program);
  await requireStatic(file, 'build it with CGO_ENABLED=0');
  const layer = await smallLayer(name, { executables: { manager: file }, scratch: ['tmp'] });
  return { config: { user, entrypoint: ['/manager'] }, layers: [layer] };
}

/** What workspaces run: a Jupyter server with our extension. */
async function base(): Promise<Recipe> {
  return { config: PERSONAL, layers: await serverLayers() };
}

/** Heads, workers and submitters of Ray clusters; KubeRay gives the commands. */
async function ray(): Promise<Recipe> {
  const debian = await debianLayer();
  return { config: PERSONAL, layers: [debian, await requirementsLayer('image-ray', debian)] };
}

/** What runs and kernels use: the default environment, the same as on one's own machine, for Debian's Python. */
async function training(): Promise<Recipe> {
  const debian = await debianLayer();
  const { python, message } = await defaultEnvironment({ create: true });
  if (python === undefined) throw new Error(`the default environment is not there: ${message}`);
  const folder = path.dirname(path.dirname(python));
  const lock = await readFile(path.join(folder, 'berth-requirements.txt'), 'utf8');
  return { config: PERSONAL, layers: [debian, await environmentLayer(lock, debian, folder)] };
}

/** The gateway and the operator: Node and our bundles, under /opt/berth. */
async function platform(): Promise<Recipe> {
  const layers = [await debianLayer(), await nodeLayer(), await bundleLayer()];
  const config = { user: '65532', workingDir: BUNDLES, entrypoint: ['/usr/local/bin/node'] };
  return { config, layers };
}

async function serverLayers(): Promise<Layer[]> {
  const debian = await debianLayer();
  const server = await requirementsLayer('image-base', debian);
  const wheel = await madeWheel();
  const ours = await pythonLayer('extension', await sha256OfFile(wheel), debian, ['--no-deps', '--no-index', wheel]);
  return [debian, server, ours];
}

/** The packages of `scripts/requirements/<name>.txt`. */
async function requirementsLayer(name: string, debian: Layer): Promise<Layer> {
  const file = path.join(ROOT, 'scripts', 'requirements', `${name}.txt`);
  const lock = await readFile(file, 'utf8');
  return pythonLayer(name.replace('image-', ''), lock, debian, ['--require-hashes', '-r', file]);
}

/** Our wheel as it would be released from here: it has the same bytes for the same sources. */
async function madeWheel(): Promise<string> {
  // It empties the folder that it writes to.
  const said = await exclusively(path.join(cacheFolder(), 'cluster', 'wheel.lock'), () =>
    quietly(process.execPath, [path.join(ROOT, 'scripts', 'wheel.ts'), 'jupyterlab'])
  );
  return path.join(ROOT, said.trim().split('\n').at(-1) ?? '');
}

/** @throws Error with the fix if the program is not there or needs others to run. */
async function requireStatic(file: string, fix: string): Promise<void> {
  if (!existsSync(file)) throw new Error(`${file} is missing\n  fix: ${fix}`);
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    if (!isStaticProgram(buffer.subarray(0, bytesRead)))
      throw new Error(`${file} is not a static program\n  fix: ${fix}`);
  } finally {
    await handle.close();
  }
}
