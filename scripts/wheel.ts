/**
 * `npm run wheel [-- NAME]`: makes the wheels that people install, or one of them: `jupyterlab` (front end, the Jupyter server's half and
 * the gateway in one) and `recsys` (the Python client, the runtime and ONNX Runtime). Build first (`npm run build`; the bootstrap does).
 *
 * Each is put together in a folder of its own, so that nothing of this repository finds a part twice, without a network, and from the same
 * inputs always with the same bytes. The last line that it prints for each is the path of the wheel.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mustRun, ROOT, TOOL_PYTHON } from './command.ts';
import { withScratch } from './jupyter-lab.ts';
import { type WheelFile, wheelProblems } from './wheel-problems.ts';
import { WHEELS, type WheelSpec } from './wheel-specs.ts';

/** What a zip file can hold at the earliest is 1980; this is what hatchling takes when nobody says anything. */
const EPOCH_S = '1580601600';
const UNPACK = 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])';

const wanted = process.argv.slice(2);
for (const name of wanted.length > 0 ? wanted : Object.keys(WHEELS)) {
  const spec = WHEELS[name] ?? fail(`'${name}' is none; there are: ${Object.keys(WHEELS).join(', ')}`);
  await withScratch(scratch => makeWheel(spec, scratch));
}

async function makeWheel(spec: WheelSpec, scratch: string): Promise<void> {
  const version = await requireBuilt(spec);
  const source = path.join(scratch, 'source');
  await spec.gather(source);
  const made = await build(source, path.join(scratch, 'made'));
  const contents = await contentOf(made, path.join(scratch, 'content'));
  const problems = wheelProblems(contents, spec, version, [ROOT, scratch]);
  if (problems.length > 0) fail(`the wheel is not as it should be:\n  ${problems.join('\n  ')}`);
  const target = path.join(ROOT, spec.target, path.basename(made));
  await rm(path.dirname(target), { recursive: true, force: true });
  await mkdir(path.dirname(target));
  await writeFile(`${target}.part`, await readFile(made));
  await rename(`${target}.part`, target);
  const sha256 = createHash('sha256')
    .update(await readFile(target))
    .digest('hex');
  console.log(`wheel: sha256 ${sha256}`);
  console.log(path.relative(ROOT, target));
}

/** The version, which every part has to agree on. */
async function requireBuilt({ built, versions }: WheelSpec): Promise<string> {
  for (const file of built) {
    await readFile(path.join(ROOT, file)).catch(() => fail(`${file} is missing\n  fix: npm run build`));
  }
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
