/** Where the files of corpora and budgets lie: in memory where there is room for twice of them, else on the disk. */
import { copyFile, cp, lstat, mkdir, readdir, rename, rm, rmdir, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Manifest, writeManifest } from './corpus/manifest.js';
import { RuntimeError } from './runtime-error.js';

export interface DataFolders {
  /** Of the runtime itself, on the disk. At most one runtime serves it, so whatever lies in its places is that one's. */
  readonly folder: string;
  /** A file system in memory, such as /dev/shm, which other containers may share; undefined where there is none. */
  readonly memory: string | undefined;
  readonly uid: number;
  /** Folders of files that were there before this runtime. */
  readonly earlier?: ReadonlySet<string>;
}

export interface WantedFolder {
  readonly bytes: number;
  /** It is there because there is not enough memory. */
  readonly isOnDisk?: boolean;
}

/**
 * A new folder for one corpus or budget of the runtime with the number `pid`.
 *
 * @param first  of the numbers of those, from which a free one is sought
 * @throws RuntimeError `memory-exceeded` where neither place has room
 */
export async function makeDataFolder(
  folders: DataFolders,
  pid: number,
  first: number,
  { bytes, isOnDisk = false }: WantedFolder
): Promise<string> {
  const { folder, memory, uid } = folders;
  for (const [place, within, factor] of [
    [isOnDisk ? undefined : await memoryPlace(folders), memory, 2],
    [diskPlace(folders), folder, 1.1]
  ] as const) {
    if (place === undefined || within === undefined) continue;
    if ((await freeBytes(within)) < bytes * factor) continue;
    await makePrivate(place, uid);
    for (let number = first; ; number += 1) {
      const made = join(place, `${pid}-${number}`);
      if (await isMade(made)) return made;
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
export function isLeftover({ earlier }: DataFolders, folder: string): boolean {
  return earlier?.has(folder) === true;
}

/** Whether it is that of a corpus of this runtime, or was of one before it. */
export async function isOurs(folders: DataFolders, folder: string): Promise<boolean> {
  return (await placesOf(folders)).includes(dirname(folder));
}

/** The folders of files that are there; before a runtime has made any, they are leftovers. */
export async function foldersThere(folders: DataFolders): Promise<ReadonlySet<string>> {
  const found = (await placesOf(folders)).map(async place => {
    const names = await readdir(place).catch(() => []);
    return names.filter(name => /^\d+-\d+$/.test(name)).map(name => join(place, name));
  });
  return new Set((await Promise.all(found)).flat());
}

/** The place in memory, when nothing lies there any more. */
export async function leavePlaces(folders: DataFolders): Promise<void> {
  const place = await memoryPlace(folders);
  if (place !== undefined) await rmdir(place).catch(() => undefined); // not empty, or never made: both are right
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
  await writeManifest(target, {
    ...manifest,
    parts: manifest.parts.map(part => ({ ...part, from: part.from ?? folder }))
  });
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

async function placesOf(folders: DataFolders): Promise<string[]> {
  const inMemory = await memoryPlace(folders);
  return [diskPlace(folders), ...(inMemory === undefined ? [] : [inMemory])];
}

function diskPlace({ folder }: DataFolders): string {
  return join(folder, 'data');
}

/** Named after the runtime's folder itself: another container has other folders, where paths and numbers of processes may be the same. */
async function memoryPlace({ folder, memory, uid }: DataFolders): Promise<string | undefined> {
  if (memory === undefined) return undefined;
  const { dev, ino } = await lstat(folder);
  return join(memory, `berth-recsys-${uid}-${dev}-${ino}`);
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
