/**
 * Where environments lie: `<name>-<hash>` when finished, and beside it `<name>-<hash>.tmp-<owner>` while one is made. The
 * name says who makes it, so that any gateway that shares the cache can tell what was left by one that is gone.
 */
import { createHash, randomBytes } from 'node:crypto';
import { lstat, readdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { errnoOf, readJsonFile } from '../../../store/index.js';
import { identityOf } from '../process-identity.js';

/** Written last into the folder: without it the environment does not exist. */
export const MANIFEST_FILE = 'berth-environment.json';

export const EnvironmentManifest = z.strictObject({
  name: z.string(),
  hash: z.string(),
  python: z.string(),
  packages: z.array(z.string()),
  sizeBytes: z.int().min(0),
  createdAtMs: z.int().min(0)
});
export type EnvironmentManifest = z.infer<typeof EnvironmentManifest>;

const TEMPORARY = /\.tmp-([0-9a-f]{8})-(\d+)-([0-9a-f]{12})-[0-9a-f]{8}$/;
/** Another machine's processes cannot be asked; nobody makes an environment for so long. */
const FOREIGN_AFTER_MS = 24 * 3_600_000;

export function environmentFolder(parent: string, name: string, hash: string): string {
  return join(parent, `${name}-${hash.slice(0, 16)}`);
}

/** The interpreter inside an environment's folder. */
export function interpreterOf(folder: string): string {
  return join(folder, 'bin', 'python');
}

/** A name that no other process uses, beside the folder. */
export async function temporaryBeside(folder: string): Promise<string> {
  const owner = `${hostMark()}-${process.pid}-${mark((await identityOf(process.pid)) ?? '')}`;
  return `${folder}.tmp-${owner}-${randomBytes(4).toString('hex')}`;
}

/** The manifest of a finished environment whose interpreter is there; undefined for anything else. */
export async function readyManifest(folder: string, hash: string): Promise<EnvironmentManifest | undefined> {
  // A damaged manifest is one more way for the environment not to be there: it is made again.
  const manifest = await readJsonFile(join(folder, MANIFEST_FILE), EnvironmentManifest).catch(() => undefined);
  if (manifest?.hash !== hash) return undefined;
  const python = await stat(interpreterOf(folder)).catch(() => undefined);
  return python?.isFile() === true ? manifest : undefined;
}

/**
 * Gives the finished folder its name. When another gateway was faster, its environment stays and ours is not used.
 * @returns true when ours is the one
 */
export async function publish(temporary: string, folder: string, hash: string): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await rename(temporary, folder);
      return true;
    } catch (error: unknown) {
      if (attempt > 3 || !['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(errnoOf(error) ?? '')) throw error;
      if ((await readyManifest(folder, hash)) !== undefined) return false;
      await removeFolder(folder, folder);
    }
  }
}

/**
 * Removes a folder by way of another name, so that nobody sees it half gone, and a program that outlived its gateway
 * cannot go on writing into it.
 */
export async function removeFolder(path: string, beside: string): Promise<void> {
  const away = await temporaryBeside(beside);
  try {
    await rename(path, away);
  } catch (error: unknown) {
    if (errnoOf(error) === 'ENOENT') return;
    throw error;
  }
  await rm(away, { recursive: true, force: true, maxRetries: 5 });
}

/** Removes what gateways that are gone left half-made; returns how many. */
export async function removeAbandoned(parent: string): Promise<number> {
  let removed = 0;
  for (const name of await readdir(parent)) {
    const [suffix, host, pid, identity] = TEMPORARY.exec(name) ?? [];
    if (suffix === undefined || !(await isAbandoned(join(parent, name), host, Number(pid), identity))) continue;
    await removeFolder(join(parent, name), join(parent, name.slice(0, -suffix.length)));
    removed += 1;
  }
  return removed;
}

async function isAbandoned(path: string, host?: string, pid = 0, identity?: string): Promise<boolean> {
  if (host === hostMark()) return mark((await identityOf(pid)) ?? '') !== identity;
  const seen = await stat(path).catch(() => undefined);
  return seen !== undefined && Date.now() - seen.mtimeMs > FOREIGN_AFTER_MS;
}

/** Bytes of all files in it; what is linked to uv's cache counts in full. */
export async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter(entry => entry.isFile());
  for (let from = 0; from < files.length; from += 256) {
    const sizes = files
      .slice(from, from + 256)
      .map(async entry => (await lstat(join(entry.parentPath, entry.name))).size);
    bytes += (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  }
  return bytes;
}

function hostMark(): string {
  return mark(hostname()).slice(0, 8);
}

function mark(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
