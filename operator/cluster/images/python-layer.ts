/**
 * Layers of Python packages for Debian's own Python: installed by uv into a folder of its own, put where Debian's Python looks, and
 * compiled by that Python. Nothing of this machine stays: not the interpreter that uv ran with, nor where a wheel lay.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, readlink, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { uvVariables } from '../../../gateway/lib/platform/local/environments/uv-variables.js';
import { TOOL_PYTHON } from '../../../scripts/command.ts';
import { type Layer, madeLayer, madeTree, PLAIN_MODES, tarPlain, withStage } from './layer.ts';
import { quietly } from '../quietly.ts';

const UV = path.join(path.dirname(TOOL_PYTHON), 'uv');
const SYSTEM_PYTHON = '/usr/bin/python3';
/** Where a wheel came from: other machines have it elsewhere. */
const ORIGIN = /^(direct_url|uv_cache)\.json$/;
/** What of a virtual environment's bin is the environment itself. */
const OF_ENVIRONMENT = /^(python[\d.]*|activate.*|deactivate.*|pydoc\.bat)$/;
/** What uv writes where the path of the interpreter is too long for a first line. */
const TRAMPOLINE = /^#!\/bin\/sh\n'''exec' [^\n]*\n' '''\n/;
const FIRST_LINE = /^#!.*python.*\n/;
/**
 * Bytecode that is believed without a look at its source: the source cannot change, and has no time. Packages hold files for newer
 * Pythons too, so one that cannot be compiled is none of our business. Sets come in one order.
 */
const COMPILE = [
  'import compileall, py_compile, sys',
  'compileall.compile_dir(sys.argv[1], quiet=2, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)'
].join('\n');
const ONE_ORDER = { PYTHONHASHSEED: '0' };

/** A script as it is to be in the image; undefined for what is not a Python script. */
export function withSystemPython(script: string): string | undefined {
  const head = TRAMPOLINE.exec(script)?.[0] ?? FIRST_LINE.exec(script)?.[0];
  return head === undefined ? undefined : `#!${SYSTEM_PYTHON}\n${script.slice(head.length)}`;
}

/** A RECORD without the files that are not in the image and without the digests of the scripts, which another interpreter changes. */
export function portableRecord(record: string): string {
  const lines = record.split('\n').filter(line => !ORIGIN.test(path.posix.basename(line.split(',')[0] ?? '')));
  return lines.map(line => line.replace(/^((?:\.\.\/)+bin\/[^,]*),.*$/, '$1,,')).join('\n');
}

/**
 * The layer of what `uv pip install` makes of `what`.
 *
 * @param inputs what decides the outcome: the lock, or a wheel's digest
 * @param debian the root file system that it lies on
 * @throws Error if a package has no wheel for Debian's Python, or does not fit its digest
 */
export function pythonLayer(name: string, inputs: unknown, debian: Layer, what: readonly string[]): Promise<Layer> {
  return madeLayer(name, { inputs, debian: debian.digest, compile: COMPILE }, archive =>
    withStage(archive, async stage => {
      const prefix = path.join(stage, 'prefix');
      const root = await unpacked(debian, path.join(stage, 'root'));
      await install(prefix, (await pythonOf(root)).replace('python', ''), what);
      await tarPlain(archive, root, await moveIn(prefix, root));
    })
  );
}

/**
 * The layer of an environment that is on this machine already, as a tree of hard links to it: torch is stored once. Beside them there
 * is the bytecode, which nobody in a pod could write.
 *
 * @param environment its folder; it stays as it is, but for its files' modes, which become what images have
 * @throws Error if it is of another Python than Debian's, or on another file system than the cache
 */
export function environmentLayer(inputs: unknown, debian: Layer, environment: string): Promise<Layer> {
  return madeTree('environment', { inputs, debian: debian.digest, compile: COMPILE }, tree =>
    withStage(tree, async stage => {
      const prefix = path.join(stage, 'prefix');
      const root = await unpacked(debian, path.join(stage, 'root'));
      const python = await pythonOf(root);
      if (!existsSync(path.join(environment, 'lib', python)))
        throw new Error(`${environment} is not of Debian's ${python}`);
      await mkdir(prefix);
      const folders = ['bin', 'lib', 'share'].map(name => path.join(environment, name)).filter(existsSync);
      await quietly('cp', ['-al', ...folders, prefix]);
      await quietly('find', [prefix, '-name', '__pycache__', '-prune', '-exec', 'rm', '-rf', '{}', '+']);
      await rmEach(path.join(prefix, 'bin'), name => OF_ENVIRONMENT.test(name));
      for (const part of await moveIn(prefix, root)) {
        await mkdir(path.dirname(path.join(tree, part)), { recursive: true });
        await rename(path.join(root, part), path.join(tree, part));
      }
      await quietly('chmod', ['-R', PLAIN_MODES, tree]);
    })
  );
}

async function rmEach(folder: string, isUnwanted: (name: string) => boolean): Promise<void> {
  for (const name of (await readdir(folder)).filter(isUnwanted)) await rm(path.join(folder, name), { recursive: true });
}

async function unpacked(debian: Layer, root: string): Promise<string> {
  await mkdir(root);
  await quietly('tar', ['-C', root, '-xf', debian.path]);
  return root;
}

/** `python3.11`, say. */
function pythonOf(root: string): Promise<string> {
  return readlink(path.join(root, SYSTEM_PYTHON));
}

/** Puts an installation into the root where Debian's Python finds it, and compiles it; says where everything is. */
async function moveIn(prefix: string, root: string): Promise<string[]> {
  const packages = `usr/local/lib/${await pythonOf(root)}/dist-packages`;
  await tidy(prefix);
  const parts = await move(prefix, root, packages);
  await quietly('chroot', [root, SYSTEM_PYTHON, '-W', 'ignore', '-c', COMPILE, `/${packages}`], { env: ONE_ORDER });
  return parts;
}

/** Installs for Debian's Python without running it. */
async function install(prefix: string, pythonVersion: string, what: readonly string[]): Promise<void> {
  const where = ['--prefix', prefix, '--python', TOOL_PYTHON, '--python-version', pythonVersion];
  // Copies: what is changed here is not uv's.
  const how = ['--no-build', '--link-mode', 'copy', '--quiet'];
  await quietly(UV, ['pip', 'install', ...where, ...how, ...what], { env: uvVariables(process.env) });
}

async function tidy(prefix: string): Promise<void> {
  const bin = path.join(prefix, 'bin');
  for (const name of await readdir(bin).catch(() => [])) {
    const script = withSystemPython(await readFile(path.join(bin, name), 'latin1'));
    if (script !== undefined) await replace(path.join(bin, name), script);
  }
  for (const entry of await readdir(prefix, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (!entry.parentPath.endsWith('.dist-info')) continue;
    if (ORIGIN.test(entry.name)) await rm(file);
    if (entry.name === 'RECORD') await replace(file, portableRecord(await readFile(file, 'latin1')));
  }
}

/** Another file of this name and mode: the old one may have other names, and stays as it is under them. */
async function replace(file: string, text: string): Promise<void> {
  const { mode } = await stat(file);
  await rm(file);
  await writeFile(file, text, { encoding: 'latin1', mode });
}

/** Puts what was installed under /usr/local of the root; says where everything is. */
async function move(prefix: string, root: string, packages: string): Promise<string[]> {
  const [python = ''] = await readdir(path.join(prefix, 'lib'));
  await rm(path.join(root, packages), { recursive: true, force: true });
  await mkdir(path.dirname(path.join(root, packages)), { recursive: true });
  await rename(path.join(prefix, 'lib', python, 'site-packages'), path.join(root, packages));
  const parts = [packages];
  for (const name of ['bin', 'etc', 'share', 'include']) {
    const entries = await readdir(path.join(prefix, name)).catch(() => []);
    if (entries.length === 0) continue;
    await mkdir(path.join(root, 'usr', 'local', name), { recursive: true });
    for (const entry of entries) {
      const part = path.join('usr', 'local', name, entry);
      await rm(path.join(root, part), { recursive: true, force: true });
      await rename(path.join(prefix, name, entry), path.join(root, part));
      parts.push(part);
    }
  }
  return parts.sort();
}
