/** Decides whether a wheel is what people should install: all that it needs, and nothing of the machine that made it. */

/** Paths in the wheel, `VERSION` for its version. */
const NEEDED = [
  'jupyterlab_berth/__init__.py',
  'jupyterlab_berth/kernel_provisioner.py',
  'jupyterlab_berth/gateway/gateway.mjs',
  'jupyterlab_berth/gateway/gateway.mjs.LEGAL.txt',
  'jupyterlab_berth/gateway/launcher/berth_launcher/__main__.py',
  'jupyterlab_berth/gateway/environments/default.lock',
  'jupyterlab_berth/gateway/environments/kernel-layer/kernel.lock',
  'jupyterlab_berth-VERSION.data/data/share/jupyter/labextensions/@berth/extension/install.json',
  'jupyterlab_berth-VERSION.data/data/share/jupyter/labextensions/@berth/extension/package.json',
  'jupyterlab_berth-VERSION.data/data/etc/jupyter/jupyter_server_config.d/jupyterlab_berth.json',
  'jupyterlab_berth-VERSION.dist-info/entry_points.txt',
  'jupyterlab_berth-VERSION.dist-info/licenses/LICENSE'
];
const LEFT_OVER =
  /(^|\/)(\.[^/]*|__pycache__|node_modules|tests?|conftest\.py|test_[^/]*|[^/]*\.(map|pyc|ts|tsbuildinfo))(\/|$)/;

export interface WheelFile {
  readonly path: string;
  readonly text: string;
}

/**
 * What is wrong with it; empty: nothing.
 * @param foreign texts that only the machine has on which it was made, such as the path of the repository
 */
export function wheelProblems(files: readonly WheelFile[], version: string, foreign: readonly string[]): string[] {
  const paths = new Set(files.map(({ path }) => path));
  const needed = NEEDED.map(path => path.replace('VERSION', version));
  return [
    ...needed.filter(path => !paths.has(path)).map(path => `${path} is missing`),
    ...(hasFrontEnd(paths) ? [] : ['the front end is missing: static/remoteEntry.….js']),
    ...[...paths].filter(path => LEFT_OVER.test(path)).map(path => `${path} does not belong there`),
    ...files.flatMap(({ path, text }) =>
      foreign.filter(part => text.includes(part)).map(part => `${path} names ${part}, which is only on this machine`)
    )
  ];
}

function hasFrontEnd(paths: ReadonlySet<string>): boolean {
  return [...paths].some(path => /\.data\/data\/share\/.*\/static\/remoteEntry\.[0-9a-f]+\.js$/.test(path));
}
