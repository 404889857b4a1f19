/**
 * `node build.ts`: makes `dist/`, which holds all that runs the gateway: the bundle, the launcher and the environments' locks.
 * The JupyterLab extension ships that folder.
 */
import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const here = import.meta.dirname;
const dist = join(here, 'dist');
const { version } = JSON.parse(await readFile(join(here, 'package.json'), 'utf8')) as { version: string };

await rm(dist, { recursive: true, force: true });
await mkdir(dist);
await build({
  entryPoints: [join(here, 'src/main.ts')],
  outfile: join(dist, 'gateway.mjs'),
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  minifySyntax: true, // names and lines stay, so that stack traces can be read
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'external',
  logLevel: 'warning',
  define: { BERTH_VERSION: JSON.stringify(version) },
  // express and ws are CommonJS: what they require of Node must be found from an ES module.
  banner: {
    js: "import { createRequire as berthRequire } from 'node:module'; const require = berthRequire(import.meta.url);"
  }
});
for (const folder of ['launcher', 'environments']) {
  await cp(join(here, folder), join(dist, folder), { recursive: true, filter: isShipped });
}

/** Not what tools leave behind, and no tests. */
function isShipped(path: string): boolean {
  const name = basename(path);
  return !(
    name.startsWith('.') ||
    name === '__pycache__' ||
    name === 'tests' ||
    name === 'pytest.ini' ||
    /^(test_.*|.*_test|conftest)\.py$/.test(name)
  );
}
