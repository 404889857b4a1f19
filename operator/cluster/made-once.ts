/**
 * What is made once for each set of inputs, in the cache: `<cache>/cluster/<name>-<hash of the inputs>/`. It is made under another name
 * and renamed when it is whole, so that what a killed build leaves behind is never believed; the next build removes it.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from '../../scripts/cache-folder.ts';

/** Part of every hash: raise it when the code that makes things changes what it makes from the same inputs. */
const RECIPE = 1;
const PART = /\.(\d+)\.part$/;

/** The name of a folder of the cache; equal inputs, equal name. */
export function folderName(name: string, inputs: unknown): string {
  const hash = createHash('sha256').update(JSON.stringify([RECIPE, name, inputs]));
  return `${name}-${hash.digest('hex').slice(0, 16)}`;
}

/**
 * The folder for these inputs, made if it is not there.
 *
 * @param inputs everything that decides what is made, as JSON: commands, digests, versions
 * @param make fills the folder that it is given
 */
export async function madeOnce(
  name: string,
  inputs: unknown,
  make: (folder: string) => Promise<void>
): Promise<string> {
  const folder = folderOf(name, inputs);
  if (existsSync(folder)) return folder;
  await removeLeftovers(path.dirname(folder));
  const part = `${folder}.${process.pid}.part`;
  await mkdir(part, { recursive: true, mode: 0o700 });
  try {
    await make(part);
    await rename(part, folder);
  } catch (error: unknown) {
    await rm(part, { recursive: true, force: true });
    if (!existsSync(folder)) throw error; // else another process was faster: what it made is the same
  }
  return folder;
}

/** Whether `madeOnce` would find it there. */
export function isMade(name: string, inputs: unknown): boolean {
  return existsSync(folderOf(name, inputs));
}

function folderOf(name: string, inputs: unknown): string {
  return path.join(cacheFolder(), 'cluster', folderName(name, inputs));
}

/** Of processes that were killed. */
async function removeLeftovers(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names) {
    const pid = Number(PART.exec(name)?.[1] ?? process.pid);
    if (!isAlive(pid)) await rm(path.join(parent, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error: unknown) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
