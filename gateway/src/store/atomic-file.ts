/**
 * Files that are either there in full or not there at all, whatever is killed and whenever: everything the gateway
 * remembers goes through here. A write makes `.<name>.<pid>-<random>.berth-tmp` beside the file and renames it.
 */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ZodType } from 'zod';
import { asStorageError, errnoOf } from './storage-errors.js';

const TEMPORARY = /\.(\d+)-[0-9a-f]{12}\.berth-tmp$/;
/** A living process that has not finished a file for so long is another one that got the same process id. */
const ABANDONED_AFTER_MS = 24 * 3_600_000;
const inUse = new Set<string>();

/** Gives `write` a free name in the folder of `path`; whatever lies there afterwards is removed. */
export async function withTemporary<T>(path: string, write: (temporary: string) => Promise<T>): Promise<T> {
  const name = `.${basename(path).slice(0, 40)}.${process.pid}-${randomBytes(6).toString('hex')}.berth-tmp`;
  const temporary = join(dirname(path), name);
  inUse.add(temporary);
  try {
    return await write(temporary);
  } finally {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    inUse.delete(temporary);
  }
}

/**
 * Replaces the file, durably: it survives a kill and a power cut in its old or its new form.
 * @param options mode of the file, default 0600
 * @throws PlatformError `storage-full` when the disk or quota is exhausted
 */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array,
  options: { readonly mode?: number } = {}
): Promise<void> {
  try {
    await withTemporary(path, async temporary => {
      await writeDurably(temporary, content, options.mode ?? 0o600);
      await rename(temporary, path);
      await syncFolder(dirname(path));
    });
  } catch (error: unknown) {
    throw asStorageError(error, `the folder ${dirname(path)}`);
  }
}

async function writeDurably(path: string, content: string | Uint8Array, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await file.chmod(mode);
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Puts the content of a file on the disk, for what must not go back to an empty file in a power cut. */
export async function syncFile(path: string): Promise<void> {
  await sync(path);
}

/** Puts the names in a folder on the disk: a rename in it lasts from then on. */
export async function syncFolder(folder: string): Promise<void> {
  await sync(folder);
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } catch (error: unknown) {
    // Some network and FUSE file systems cannot sync; what was done has happened all the same.
    if (!['EINVAL', 'ENOTSUP', 'EPERM', 'EBADF'].includes(errnoOf(error) ?? '')) throw error;
  } finally {
    await handle.close();
  }
}

/**
 * Reads and checks a file that {@link writeFileAtomic} wrote; undefined when there is none.
 * @throws Error naming the file when it is not JSON or not of this shape
 */
export async function readJsonFile<T>(path: string, schema: ZodType<T>): Promise<T | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error: unknown) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (error: unknown) {
    throw new Error(`the file ${path} is damaged: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error
    });
  }
}

/** Makes the folder, and those above it, so that only this user can enter it; an existing one is closed to others. */
export async function makePrivateFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await chmod(path, 0o700);
  } catch (error: unknown) {
    throw asStorageError(error, `the folder ${dirname(path)}`);
  }
}

/** Removes what killed writers left in this folder (not below it); returns how many. Files being written stay. */
export async function removeLeftovers(folder: string): Promise<number> {
  let removed = 0;
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!(await isLeftover(path))) continue;
    await rm(path, { recursive: true, force: true });
    removed += 1;
  }
  return removed;
}

async function isLeftover(path: string): Promise<boolean> {
  const pid = Number(TEMPORARY.exec(path)?.[1] ?? Number.NaN);
  if (Number.isNaN(pid)) return false;
  if (pid === process.pid) return !inUse.has(path);
  if (!isAlive(pid)) return true;
  const seen = await stat(path).catch(() => undefined);
  return seen !== undefined && Date.now() - seen.mtimeMs > ABANDONED_AFTER_MS;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error: unknown) {
    return errnoOf(error) === 'EPERM';
  }
}
