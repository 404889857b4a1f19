/** Where the files of corpora lie: in memory where there is room for twice of them, else on the disk. */
import { copyFile, lstat, mkdir, readdir, rename, rm, rmdir, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Manifest, writeManifest } from './corpus/manifest.js';
import { RuntimeError } from './runtime-error.js';

export interface DataFolders {
  /** Of the runtime itself, on the disk. */
  readonly folder: string;
  /** A file system in memory, such as /dev/shm; undefined where there is none. */
  readonly memory: string | undefined;
  readonly uid: number;
}

/** A new folder for one corpus. @throws RuntimeError `memory-exceeded` where neither has room */
export async function makeCorpusFolder(
  { folder, memory, uid }: DataFolders,
  name: string,
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
    const made = join(place, name);
    await mkdir(made, { mode: 0o700 });
    return made;
  }
  throw new RuntimeError('memory-exceeded', `no place has room for ${bytes} bytes of files: ${memory}, ${folder}`);
}

/** Whether a folder is that of a corpus whose runtime is gone. */
export function isLeftover(folders: DataFolders, folder: string): boolean {
  const pid = pidOf(folder);
  return placesOf(folders).includes(dirname(folder)) && pid !== undefined && !isAlive(pid);
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
    return rename(folder, target);
  }
  if (manifest.removed !== undefined) await copyFile(join(folder, manifest.removed), join(target, manifest.removed));
  await writeManifest(target, { ...manifest, parts: manifest.parts.map(part => ({ ...part, from: folder })) });
}

/** Removes what runtimes that are gone have left. */
export async function clearLeftovers(folders: DataFolders): Promise<void> {
  for (const place of placesOf(folders)) {
    for (const name of await readdir(place).catch(() => [])) {
      if (isLeftover(folders, join(place, name))) await rm(join(place, name), { recursive: true, force: true });
    }
  }
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
