/** Python environments of tests and benches, made with uv from a lock of scripts/requirements: once for each lock, in the cache. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { uvVariables } from '../gateway/lib/platform/local/environments/uv-variables.js';
import { cacheFolder } from './cache-folder.ts';
import { mustRun, ROOT, runCommand, TOOL_PYTHON } from './command.ts';

const UV = path.join(path.dirname(TOOL_PYTHON), 'uv');

export interface LockedEnvironmentOptions {
  /** Makes it where it is missing. */
  readonly create?: boolean;
  /** A package that is left out where it cannot be installed with the others. */
  readonly mayLack?: string;
}

/** The interpreter of the environment of `scripts/requirements/<name>.txt`; undefined when it is not there. */
export async function lockedPython(name: string, options: LockedEnvironmentOptions = {}): Promise<string | undefined> {
  const lock = await readFile(path.join(ROOT, 'scripts', 'requirements', `${name}.txt`), 'utf8');
  const digest = createHash('sha256').update(lock).digest('hex');
  const folder = path.join(cacheFolder(), `${name}-${digest.slice(0, 16)}`);
  const python = path.join(folder, 'bin', 'python');
  if (!existsSync(python) && options.create === true) await make(folder, lock, options.mayLack);
  return existsSync(python) ? python : undefined;
}

/** Under another name first: a folder of the right name is whole, unless the Python that it links to has gone. */
async function make(folder: string, lock: string, mayLack: string | undefined): Promise<void> {
  const part = `${folder}.${process.pid}.part`;
  console.log(`making ${folder}`);
  await mkdir(path.dirname(folder), { recursive: true, mode: 0o700 });
  try {
    await mustRun(UV, ['venv', '--quiet', '--no-project', '--python', TOOL_PYTHON, part], environment());
    const isWhole = (await runCommand(UV, await installing(part, lock), environment())).code === 0;
    if (!isWhole && mayLack === undefined) throw new Error(`${folder} could not be made; see above`);
    if (!isWhole && mayLack !== undefined) {
      console.log(`again without ${mayLack}`);
      await mustRun(UV, await installing(part, withoutPackage(lock, mayLack)), environment());
    }
    await rm(folder, { recursive: true, force: true });
    await rename(part, folder);
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

const environment = () => ({ env: uvVariables(process.env) });

async function installing(folder: string, lock: string): Promise<string[]> {
  const file = path.join(folder, 'requirements.txt');
  await writeFile(file, lock);
  return ['pip', 'sync', '--quiet', '--require-hashes', '--python', path.join(folder, 'bin', 'python'), file];
}

/** A requirements file without one package: its line and those that continue it. */
function withoutPackage(requirements: string, name: string): string {
  return requirements.replace(new RegExp(`^${name}==(.*\\\\\n)*.*\n`, 'm'), '');
}
