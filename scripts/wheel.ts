/**
 * `npm run wheel`: makes `extension/dist/jupyterlab_berth-<version>-py3-none-any.whl`, Berth as people install it: the
 * front end, the Jupyter server's half and the gateway in one. Build first (`npm run build`; the bootstrap does).
 *
 * It is put together in a folder of its own, so that nothing of this repository finds a gateway twice, without a
 * network, and from the same inputs always with the same bytes. The last line that it prints is the path of the wheel.
 */
import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mustRun, ROOT, TOOL_PYTHON } from './command.ts';
import { withScratch } from './jupyter-lab.ts';
import { type WheelFile, wheelProblems } from './wheel-problems.ts';

const EXTENSION = path.join(ROOT, 'extension');
const GATEWAY = path.join(ROOT, 'gateway', 'dist');
const BUILT = [
  path.join(GATEWAY, 'gateway.mjs'),
  path.join(EXTENSION, 'jupyterlab_berth', 'labextension', 'package.json')
];
/** What a zip file can hold at the earliest is 1980; this is what hatchling takes when nobody says anything. */
const EPOCH_S = '1580601600';
const UNPACK = 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])';

await withScratch(async scratch => {
  const version = await requireBuilt();
  const source = path.join(scratch, 'source');
  await gather(source);
  const made = await build(source, path.join(scratch, 'made'));
  const problems = wheelProblems(await contentOf(made, path.join(scratch, 'content')), version, [ROOT, scratch]);
  if (problems.length > 0) fail(`the wheel is not as it should be:\n  ${problems.join('\n  ')}`);
  const target = path.join(EXTENSION, 'dist', path.basename(made));
  await rm(path.dirname(target), { recursive: true, force: true });
  await mkdir(path.dirname(target));
  await writeFile(`${target}.part`, await readFile(made));
  await rename(`${target}.part`, target);
  const sha256 = createHash('sha256')
    .update(await readFile(target))
    .digest('hex');
  console.log(`wheel: sha256 ${sha256}`);
  console.log(path.relative(ROOT, target));
});

/** The version, which every part has to agree on. */
async function requireBuilt(): Promise<string> {
  for (const file of BUILT) {
    await readFile(file).catch(() => fail(`${path.relative(ROOT, file)} is missing\n  fix: npm run build`));
  }
  const versions = {
    'extension/pyproject.toml': /^version = "(.*)"$/m,
    'extension/jupyterlab_berth/__init__.py': /^__version__ = "(.*)"$/m,
    'extension/package.json': /^ {2}"version": "(.*)",$/m,
    'gateway/package.json': /^ {2}"version": "(.*)",$/m
  };
  const found = await Promise.all(
    Object.entries(versions).map(async ([file, pattern]) => {
      return [file, pattern.exec(await readFile(path.join(ROOT, file), 'utf8'))?.[1] ?? 'none'] as const;
    })
  );
  const [first] = found;
  const different = found.filter(([, version]) => version !== first?.[1]);
  if (different.length > 0) fail(`versions differ:\n  ${found.map(pair => pair.join(': ')).join('\n  ')}`);
  return first?.[1] ?? '';
}

/** All that goes in, and nothing that tools leave behind. */
async function gather(folder: string): Promise<void> {
  for (const name of ['pyproject.toml', 'README.md', 'install.json', 'jupyter-config', 'jupyterlab_berth']) {
    await cp(path.join(EXTENSION, name), path.join(folder, name), { recursive: true, filter: isShipped });
  }
  await cp(path.join(ROOT, 'LICENSE'), path.join(folder, 'LICENSE'));
  const gateway = path.join(folder, 'jupyterlab_berth', 'gateway');
  await rm(gateway, { recursive: true, force: true });
  await cp(GATEWAY, gateway, { recursive: true, filter: isShipped });
  const bundle = path.join(gateway, 'gateway.mjs');
  const code = await readFile(bundle, 'utf8');
  await writeFile(bundle, code.replace(/^\/\/# sourceMappingURL=.*$/m, '').trimEnd() + '\n'); // its map stays here
}

function isShipped(source: string): boolean {
  return !/(^|\/)(__pycache__|[^/]*\.map)$/.test(source);
}

async function build(source: string, folder: string): Promise<string> {
  const env = { SOURCE_DATE_EPOCH: EPOCH_S, PYTHONDONTWRITEBYTECODE: '1' };
  const args = ['-m', 'hatchling', 'build', '-t', 'wheel', '-d', folder];
  await mustRun(TOOL_PYTHON, args, { cwd: source, env, capture: true });
  const names = await readdir(folder);
  const [name] = names;
  if (name === undefined || names.length > 1) return fail(`one wheel was to be made, not ${names.length}`);
  return path.join(folder, name);
}

async function contentOf(wheel: string, folder: string): Promise<WheelFile[]> {
  await mustRun(TOOL_PYTHON, ['-c', UNPACK, wheel, folder]);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter(entry => entry.isFile()).map(entry => path.join(entry.parentPath, entry.name));
  return Promise.all(
    files.map(async file => ({ path: path.relative(folder, file), text: await readFile(file, 'latin1') }))
  );
}

function fail(problem: string): never {
  console.error(`wheel: ${problem}`);
  process.exit(1);
}
