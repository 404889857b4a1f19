/** Where the files of corpora lie: in memory where there is room for twice of them, else on the disk. */
import { copyFile, cp, lstat, mkdir, readdir, rename, rm, rmdir, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Manifest, writeManifest } from './corpus/manifest.js';
import { RuntimeError } from './runtime-error.js';

export interface DataFolders {
  /** Of the runtime itself, on the disk. */
  readonly folder: string;
  /** A file system in memory, such as /dev/shm; undefined where there is none. */
  readonly memory: string | undefined;
  readonly uid: number;
  /** Folders of corpora that were there before this runtime, with its own number: in a container numbers come again. */
  readonly earlier?: ReadonlySet<string>;
}

/**
 * A new folder for one corpus of the runtime with the number `pid`.
 *
 * @param first  of the numbers of corpora, from which a free one is sought
 * @throws RuntimeError `memory-exceeded` where neither place has room
 */
export async function makeCorpusFolder(
  { folder, memory, uid, earlier }: DataFolders,
  pid: number,
  first: number,
  bytes: number
): Promise<string> {
  const inMemory = memory === undefined ? undefined : join(memory, `berth-recsys-${uid}`);
  for (const [place, within, factor] of [
    [inMemory, memory, 2],
    [join(folder, 'data'), folder, 1.1]
  ] as const) {
    if (place === undefined || within === undefined) continue;
    if ((await freeBytes(within)) < bytes * factor) continue;
    await makePrivate(place, uid);
    for (let number = first; ; number += 1) {
      const made = join(place, `${pid}-${number}`);
      if (earlier?.has(made) !== true && (await isMade(made))) return made;
    }
  }
  throw new RuntimeError('memory-exceeded', `no place has room for ${bytes} bytes of files: ${memory}, ${folder}`);
}

/** Makes a folder; false where something of that name is there. */
async function isMade(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o700 });
    return true;
  } catch (error: unknown) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Whether a folder is that of a corpus whose runtime is gone. */
export function isLeftover(folders: DataFolders, folder: string): boolean {
  const pid = pidOf(folder);
  if (!placesOf(folders).includes(dirname(folder)) || pid === undefined) return false;
  return folders.earlier?.has(folder) === true || !isAlive(pid);
}

/** Before it has made any: the folders that have the number of this runtime, and so are another's. */
export async function earlierFolders(folders: DataFolders, pid: number): Promise<ReadonlySet<string>> {
  return new Set((await corpusFolders(folders)).filter(folder => pidOf(folder) === pid));
}

/**
 * Makes what lies in `folder` the content of `target`, an empty folder of ours. A leftover is moved; a snapshot stays where it is and is
 * mapped from there.
 */
export async function adoptFolder(
  folder: string,
  target: string,
  manifest: Manifest,
  isOrphan: boolean
): Promise<void> {
  if (isOrphan) {
    await rmdir(target);
    return move(folder, target);
  }
  if (manifest.removed !== undefined) await copyFile(join(folder, manifest.removed), join(target, manifest.removed));
  await writeManifest(target, { ...manifest, parts: manifest.parts.map(part => ({ ...part, from: folder })) });
}

async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error: unknown) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    await cp(from, to, { recursive: true, errorOnExist: true }); // there was no room for it where it was
    await rm(from, { recursive: true, force: true });
  }
}

/** The folders of corpora whose runtimes are gone. */
export async function leftovers(folders: DataFolders): Promise<string[]> {
  return (await corpusFolders(folders)).filter(folder => isLeftover(folders, folder));
}

async function corpusFolders(folders: DataFolders): Promise<string[]> {
  const found = placesOf(folders).map(async place => {
    const names = await readdir(place).catch(() => []);
    return names.map(name => join(place, name));
  });
  return (await Promise.all(found)).flat();
}

function placesOf({ folder, memory, uid }: DataFolders): string[] {
  return [join(folder, 'data'), ...(memory === undefined ? [] : [join(memory, `berth-recsys-${uid}`)])];
}

/** Of the runtime that made the folder of a corpus. */
function pidOf(folder: string): number | undefined {
  const [, pid] = /^(\d+)-\d+$/.exec(basename(folder)) ?? [];
  return pid === undefined ? undefined : Number(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error: unknown) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** @throws RuntimeError where a folder of that name is not ours alone */
export async function makePrivate(folder: string, uid: number): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== uid || (found.mode & 0o077) !== 0) {
    throw new RuntimeError('conflict', `${folder} is not a folder of one's own (mode 0700)`);
  }
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder).catch(() => ({ bavail: 0, bsize: 0 }));
  return bavail * bsize;
}
