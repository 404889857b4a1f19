/** `node build.ts`: makes `dist/`, all that runs the kernels: the bundle, and ONNX Runtime's binding and library for this machine. */
import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const here = import.meta.dirname;
const dist = join(here, 'dist');
const native = `${process.platform}/${process.arch}`;

await rm(dist, { recursive: true, force: true });
await mkdir(dist);
await build({
  entryPoints: [join(here, 'src/main.ts')],
  outfile: join(dist, 'runtime.mjs'),
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  minifySyntax: true,
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'external',
  logLevel: 'warning',
  external: ['onnxruntime-node']
});
for (const [name, parts] of [
  ['onnxruntime-node', ['package.json', 'dist', `bin/napi-v6/${native}`]],
  ['onnxruntime-common', ['package.json', 'dist/cjs']]
] as const) {
  const source = join(here, '..', 'node_modules', name); // workspaces keep them at the root
  for (const part of parts) {
    await cp(join(source, part), join(dist, 'node_modules', name, part), {
      recursive: true,
      dereference: true,
      filter: path => !/\.(map|d\.ts)$/.test(path)
    });
  }
}
await cp(join(here, 'THIRD-PARTY-NOTICES.txt'), join(dist, 'THIRD-PARTY-NOTICES.txt'));
