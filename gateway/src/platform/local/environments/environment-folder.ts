/**
 * Where environments lie: `<name>-<hash>` when finished, and beside it `<name>-<hash>.tmp-<owner>` while one is made. The
 * name says who makes it, so that any gateway that shares the cache can tell what was left by one that is gone.
 */
import { createHash, randomBytes } from 'node:crypto';
import { open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { errnoOf, readJsonFile } from '../../../store/index.js';
import { identityOf } from '../process-identity.js';

/** Written last into the folder: without it the environment does not exist. */
export const MANIFEST_FILE = 'berth-environment.json';

export const EnvironmentManifest = z.strictObject({
  name: z.string(),
  hash: z.string(),
  lockHash: z.string(),
  python: z.string(),
  /** What was installed, version by name: what is there later is held against it. */
  installed: z.record(z.string(), z.string()),
  /** Its kernels need the layer beside its packages. */
  kernelLayer: z.boolean(),
  createdAtMs: z.int().min(0),
  /** What the look after it was ready brought to light; null before. */
  looked: z.nullable(
    z.strictObject({
      sizeBytes: z.nullable(z.int().min(0)),
      /** A package that cannot be imported, and why; empty when all can. */
      problem: z.string()
    })
  )
});
export type EnvironmentManifest = z.infer<typeof EnvironmentManifest>;

/** Its time is when something was last started in the environment. */
const USED_FILE = 'berth-last-used';
const FOLDER = /^([a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?)-([0-9a-f]{16})$/;
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
 * Puts the finished folder in the place of the one that is there. Whoever runs in the old one keeps what it has loaded and
 * finds the same files, made anew, for what it loads later.
 */
export async function replaceFolder(temporary: string, folder: string): Promise<void> {
  const used = await lastUsedMs(folder);
  if (used !== null) await touchUsed(temporary, new Date(used));
  await removeFolder(folder, folder, () => rename(temporary, folder));
}

/**
 * Removes a folder by way of another name, so that nobody sees it half gone, and a program that outlived its gateway
 * cannot go on writing into it.
 * @param then done as soon as the name is free
 */
export async function removeFolder(
  path: string,
  beside: string,
  then: () => Promise<unknown> = () => Promise.resolve()
): Promise<void> {
  const away = await moveAway(path, beside);
  await then();
  if (away !== undefined) await rm(away, { recursive: true, force: true, maxRetries: 5 });
}

/**
 * Removes it unless `isUsed` says, after it has gone out of sight, that somebody has begun to use it: then it is put back.
 * @returns whether it is gone
 */
export async function removeUnless(isUsed: (away: string) => Promise<boolean>, folder: string): Promise<boolean> {
  const away = await moveAway(folder, folder);
  if (away === undefined) return true;
  if (await isUsed(away)) {
    await rename(away, folder);
    return false;
  }
  await rm(away, { recursive: true, force: true, maxRetries: 5 });
  return true;
}

/** @returns its name from now on; undefined when it is not there */
async function moveAway(path: string, beside: string): Promise<string | undefined> {
  const away = await temporaryBeside(beside);
  try {
    await rename(path, away);
    return away;
  } catch (error: unknown) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
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

/** Remembers that something starts in it now. */
export async function touchUsed(folder: string, at: Date): Promise<void> {
  const path = join(folder, USED_FILE);
  await (await open(path, 'a')).close();
  await utimes(path, at, at);
}

/** When something last started in it; null when nothing did. */
export async function lastUsedMs(folder: string): Promise<number | null> {
  const seen = await stat(join(folder, USED_FILE)).catch(() => undefined);
  return seen === undefined ? null : Math.max(0, Math.round(seen.mtimeMs));
}

/** Name and first digits of the hash of an environment's folder; undefined for anything else. */
export function folderParts(folderName: string): { readonly name: string; readonly hash: string } | undefined {
  const [, name, hash] = FOLDER.exec(folderName) ?? [];
  return name === undefined || hash === undefined ? undefined : { name, hash };
}

/** The Python that another folder of the same name and lock was made for: undefined where there is none. */
export async function pythonOfOthers(folder: string, lockHash: string): Promise<string | undefined> {
  const parent = dirname(folder);
  const name = folderParts(basename(folder))?.name;
  const others = (await readdir(parent).catch(() => [])).filter(each => folderParts(each)?.name === name);
  for (const other of others) {
    // A damaged manifest says nothing.
    const manifest = await readJsonFile(join(parent, other, MANIFEST_FILE), EnvironmentManifest).catch(() => undefined);
    if (other !== basename(folder) && manifest?.lockHash === lockHash) return manifest.python;
  }
  return undefined;
}

/** Whether somebody makes, repairs or removes this folder just now. */
export async function isBeingMade(folder: string): Promise<boolean> {
  const [parent, name] = [dirname(folder), basename(folder)];
  const temporaries = (await readdir(parent)).filter(each => each.startsWith(`${name}.tmp-`));
  return temporaries.length > 0;
}

function hostMark(): string {
  return mark(hostname()).slice(0, 8);
}

function mark(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
