/**
 * `npm run lock`: makes every lock anew from what is asked for: npm's, the tools', the benches' and the environments'.
 * Versions move only where an `.in` file or a package.json allows it. No lock names a registry.
 */
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { portableLock } from '../gateway/lib/platform/local/environments/locks/index.js';
import { mustRun, ROOT } from './command.ts';

const OLDEST_PYTHON = '3.10';
/** Installed into environments of our own, so theirs are requirements files: the tools before anything of ours is there. */
const REQUIREMENTS = ['tools', 'bench-budget', 'bench-retrieval', 'recsys-checks', 'hub', 'image-base', 'image-ray'];
const ENVIRONMENT_LOCKS = ['gateway/environments/default', 'gateway/environments/kernel-layer/kernel'];

for (const name of REQUIREMENTS) await lockRequirements(name);
for (const name of ENVIRONMENT_LOCKS) await lockEnvironment(path.join(ROOT, name));
// With a node_modules present npm drops platform packages from the lock, so it has to go first.
await rm(path.join(ROOT, 'node_modules'), { recursive: true, force: true });
await mustRun('npm', ['install', '--package-lock-only', '--no-progress']);
console.log('lock: package-lock.json (node_modules was removed: the next command installs it again)');

/** Makes `scripts/requirements/<name>.txt` from `<name>.in`. */
async function lockRequirements(name: string): Promise<void> {
  const options = ['--universal', '--generate-hashes', '--python-version', OLDEST_PYTHON, '--no-emit-index-url'];
  const note = ['--custom-compile-command', 'npm run lock', '--quiet'];
  const cwd = path.join(ROOT, 'scripts', 'requirements');
  await mustRun('uv', ['pip', 'compile', ...options, ...note, `${name}.in`, '-o', `${name}.txt`], { cwd });
  console.log(`lock: scripts/requirements/${name}.txt`);
}

/** Makes `<file>.lock` from `<file>.in`; uv takes the versions of the one that is there where they still do. */
async function lockEnvironment(file: string): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'berth-lock-'));
  try {
    const made = path.join(folder, 'script.py.lock');
    await writeFile(path.join(folder, 'script.py'), script(await readFile(`${file}.in`, 'utf8')));
    if (existsSync(`${file}.lock`)) await copyFile(`${file}.lock`, made);
    await mustRun('uv', ['lock', '--script', 'script.py', '--quiet'], { cwd: folder });
    await writeFile(`${file}.lock`, portableLock(await readFile(made, 'utf8')));
    console.log(`lock: ${path.relative(ROOT, file)}.lock`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function script(input: string): string {
  const lines = input.split('\n').map(line => line.replace(/#.*$/, '').trim());
  const dependencies = lines.filter(line => line !== '').map(line => `#   ${JSON.stringify(line)},`);
  const head = ['# /// script', `# requires-python = ">=${OLDEST_PYTHON}"`, '# dependencies = ['];
  return [...head, ...dependencies, '# ]', '# ///', ''].join('\n');
}
