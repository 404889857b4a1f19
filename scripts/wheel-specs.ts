/** The wheels there are: what goes into each, and what makes it whole. */
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from './command.ts';
import type { WheelContents } from './wheel-problems.ts';

export interface WheelSpec extends WheelContents {
  /** Has a file in it for each of these before it can be made; paths from the repository's root. */
  readonly built: readonly string[];
  /** Files that name the version, and how; the first one decides. */
  readonly versions: Readonly<Record<string, RegExp>>;
  /** Where the wheel goes, from the repository's root. */
  readonly target: string;
  /** Puts its sources into a folder, with nothing that tools leave behind. */
  readonly gather: (folder: string) => Promise<void>;
}

const PYPROJECT_VERSION = /^version = "(.*)"$/m;
const MODULE_VERSION = /^__version__ = "(.*)"$/m;
const PACKAGE_VERSION = /^ {2}"version": "(.*)",$/m;

const JUPYTERLAB: WheelSpec = {
  built: ['gateway/dist/gateway.mjs', 'extension/jupyterlab_berth/labextension/package.json'],
  versions: {
    'extension/pyproject.toml': PYPROJECT_VERSION,
    'extension/jupyterlab_berth/__init__.py': MODULE_VERSION,
    'extension/package.json': PACKAGE_VERSION,
    'gateway/package.json': PACKAGE_VERSION
  },
  target: 'extension/dist',
  gather: async folder => {
    const files = ['pyproject.toml', 'README.md', 'install.json', 'jupyter-config', 'jupyterlab_berth'];
    await copyAll(path.join(ROOT, 'extension'), files, folder);
    const gateway = path.join(folder, 'jupyterlab_berth', 'gateway');
    await rm(gateway, { recursive: true, force: true });
    await copyShipped(path.join(ROOT, 'gateway', 'dist'), gateway);
    await withoutMap(path.join(gateway, 'gateway.mjs'));
  },
  needed: [
    'jupyterlab_berth/__init__.py',
    'jupyterlab_berth/kernel_provisioner.py',
    'jupyterlab_berth/gateway/gateway.mjs',
    'jupyterlab_berth/gateway/gateway.mjs.LEGAL.txt',
    'jupyterlab_berth/gateway/launcher/berth_launcher/__main__.py',
    'jupyterlab_berth/gateway/environments/default.lock',
    'jupyterlab_berth/gateway/environments/kernel-layer/kernel.lock',
    'jupyterlab_berth-VERSION.data/data/share/jupyter/labextensions/@berth/extension/install.json',
    'jupyterlab_berth-VERSION.data/data/share/jupyter/labextensions/@berth/extension/package.json',
    'jupyterlab_berth-VERSION.data/data/share/jupyter/labextensions/@berth/extension/static/remoteEntry.HASH.js',
    'jupyterlab_berth-VERSION.data/data/etc/jupyter/jupyter_server_config.d/jupyterlab_berth.json',
    'jupyterlab_berth-VERSION.dist-info/entry_points.txt',
    'jupyterlab_berth-VERSION.dist-info/licenses/LICENSE'
  ],
  mayHold: []
};

const RECSYS: WheelSpec = {
  built: ['recsys/dist/runtime.mjs'],
  versions: {
    'recsys/python/pyproject.toml': PYPROJECT_VERSION,
    'recsys/python/berth_recsys/__init__.py': MODULE_VERSION,
    'recsys/package.json': PACKAGE_VERSION
  },
  target: 'recsys/python/dist',
  gather: async folder => {
    await copyAll(
      path.join(ROOT, 'recsys', 'python'),
      ['pyproject.toml', 'hatch_build.py', 'README.md', 'berth_recsys'],
      folder
    );
    const runtime = path.join(folder, 'berth_recsys', 'runtime');
    await rm(runtime, { recursive: true, force: true });
    await copyShipped(path.join(ROOT, 'recsys', 'dist'), runtime);
    await withoutMap(path.join(runtime, 'runtime.mjs'));
  },
  needed: [
    'berth_recsys/__init__.py',
    'berth_recsys/py.typed',
    'berth_recsys/runtime/runtime.mjs',
    'berth_recsys/runtime/THIRD-PARTY-NOTICES.txt',
    'berth_recsys/runtime/node_modules/onnxruntime-node/dist/index.js',
    'berth_recsys/runtime/node_modules/onnxruntime-common/dist/cjs/index.js',
    `berth_recsys/runtime/node_modules/onnxruntime-node/bin/napi-v6/${process.platform}/${process.arch}/onnxruntime_binding.node`,
    'berth_recsys-VERSION.dist-info/METADATA',
    'berth_recsys-VERSION.dist-info/licenses/LICENSE'
  ],
  mayHold: ['node_modules']
};

/** By the name that is given to `npm run wheel`. */
export const WHEELS: Readonly<Record<string, WheelSpec>> = { jupyterlab: JUPYTERLAB, recsys: RECSYS };

async function copyAll(from: string, names: readonly string[], to: string): Promise<void> {
  for (const name of names) await copyShipped(path.join(from, name), path.join(to, name));
  await cp(path.join(ROOT, 'LICENSE'), path.join(to, 'LICENSE'));
}

async function copyShipped(from: string, to: string): Promise<void> {
  const filter = (source: string): boolean => !/(^|\/)(__pycache__|[^/]*\.map)$/.test(source);
  await cp(from, to, { recursive: true, filter });
}

/** The bundle's map stays here. */
async function withoutMap(bundle: string): Promise<void> {
  const code = await readFile(bundle, 'utf8');
  await writeFile(bundle, code.replace(/^\/\/# sourceMappingURL=.*$/m, '').trimEnd() + '\n');
}
