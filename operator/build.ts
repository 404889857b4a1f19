/** `node build.ts`: makes `dist/operator.mjs`, which holds all that runs the operator. The image `platform` ships that folder. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const here = import.meta.dirname;
const dist = join(here, 'dist');
const { version } = JSON.parse(await readFile(join(here, 'package.json'), 'utf8')) as { version: string };

await rm(dist, { recursive: true, force: true });
await mkdir(dist);
await build({
  entryPoints: [join(here, 'src/main.ts')],
  outfile: join(dist, 'operator.mjs'),
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
  // Some of what it uses is CommonJS: what that requires of Node must be found from an ES module.
  banner: {
    js: "import { createRequire as berthRequire } from 'node:module'; const require = berthRequire(import.meta.url);"
  }
});
