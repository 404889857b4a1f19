/** After an attempt: takes what the code made or changed out of its working copy, and leaves the rest of it there. */
import type { Dirent } from 'node:fs';
import { copyFile, lstat, mkdir, readdir, readlink, realpath, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { asStorageError, errnoOf, removeLeftovers, syncFile, syncFolder, withTemporary } from '../store/index.js';
import { hashFile } from './blob-store.js';
import { insideTarget } from './inside-link.js';
import { ENVIRONMENT_MARKERS, LEFT_OUT_FOLDERS } from './left-out.js';
import type { Manifest, ManifestFile } from './manifest.js';

export interface CollectedOutputs {
  /** Files and links. */
  readonly files: number;
  readonly bytes: number;
  /** Paths of what is no output: links that lead out, pipes and the like. */
  readonly skipped: readonly string[];
  /** Paths of outputs that stayed behind, because something else is in their place. */
  readonly unplaced: readonly string[];
}

interface Output {
  readonly path: string;
  readonly bytes: number;
  readonly link?: string;
}

/**
 * Moves every file in `workFolder` that the manifest does not know with this content; nothing outside either folder is
 * read or written, whatever links the code left. A file of the same name in `targetFolder` is replaced.
 *
 * @throws PlatformError `storage-full`; what was moved until then stays moved, so that a second call goes on
 */
export async function collectOutputs(
  manifest: Pick<Manifest, 'files' | 'links'>,
  workFolder: string,
  targetFolder: string
): Promise<CollectedOutputs> {
  const root = await realpath(workFolder);
  const skipped: string[] = [];
  const unplaced: string[] = [];
  const cleaned = new Set<string>();
  const known = new Map(manifest.files.map(file => [file.path, file]));
  const knownLinks = new Map(manifest.links.map(each => [each.path, each.link]));
  let files = 0;
  let bytes = 0;
  for await (const output of outputs(root, known, knownLinks, skipped)) {
    if (!(await moveInto(root, output, targetFolder, cleaned))) {
      unplaced.push(output.path);
      continue;
    }
    files += 1;
    bytes += output.bytes;
  }
  return { files, bytes, skipped, unplaced };
}

async function* outputs(
  root: string,
  known: ReadonlyMap<string, ManifestFile>,
  knownLinks: ReadonlyMap<string, string>,
  skipped: string[]
): AsyncGenerator<Output> {
  const waiting = [''];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const entries = await readdir(join(root, folder), { withFileTypes: true });
    if (folder !== '' && entries.some(entry => ENVIRONMENT_MARKERS.includes(entry.name))) continue;
    for (const entry of entries.filter(({ name }) => !LEFT_OUT_FOLDERS.has(name))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) waiting.push(path);
      const output = await changedEntry(root, path, entry, known, knownLinks);
      if (output === 'skip') skipped.push(path);
      else if (output !== undefined) yield output;
    }
  }
}

async function changedEntry(
  root: string,
  path: string,
  entry: Dirent,
  known: ReadonlyMap<string, ManifestFile>,
  knownLinks: ReadonlyMap<string, string>
): Promise<Output | 'skip' | undefined> {
  if (entry.isDirectory()) return undefined;
  return entry.isSymbolicLink() ? changedLink(root, path, knownLinks) : changedFile(root, path, known);
}

async function changedFile(
  root: string,
  path: string,
  known: ReadonlyMap<string, ManifestFile>
): Promise<Output | 'skip' | undefined> {
  const absolute = join(root, path);
  const seen = await lstat(absolute);
  if (!seen.isFile()) return 'skip';
  const before = known.get(path);
  if (before?.bytes === seen.size && (await hashFile(absolute)).sha256 === before.sha256) return undefined;
  return { path, bytes: seen.size };
}

async function changedLink(
  root: string,
  path: string,
  known: ReadonlyMap<string, string>
): Promise<Output | 'skip' | undefined> {
  const target = await readlink(join(root, path));
  if (known.get(path) === target) return undefined;
  const link = await insideTarget(root, path, target);
  return link === undefined ? 'skip' : { path, bytes: 0, link };
}

/** False where the place in the target is not ours to write: a link there leads elsewhere, or a folder is in the way. */
async function moveInto(root: string, output: Output, targetFolder: string, cleaned: Set<string>): Promise<boolean> {
  const to = join(targetFolder, output.path);
  try {
    if (!(await makePlainFolders(targetFolder, posix.dirname(output.path)))) return false;
    await cleanOnce(dirname(to), cleaned);
    if (output.link !== undefined) {
      await rm(to, { force: true });
      await symlink(output.link, to);
      await rm(join(root, output.path));
      return true;
    }
    await move(join(root, output.path), to);
    return true;
  } catch (error: unknown) {
    if (['EISDIR', 'ENOTDIR', 'EEXIST', 'ENOTEMPTY', 'ERR_FS_EISDIR'].includes(errnoOf(error) ?? '')) return false;
    throw asStorageError(error, `the folder ${targetFolder}`);
  }
}

/** Like `mkdir -p`, but never through a link; false when something else is in the way. */
async function makePlainFolders(root: string, path: string): Promise<boolean> {
  await mkdir(root, { recursive: true });
  let at = root;
  for (const part of path.split('/').filter(each => each !== '.')) {
    at = join(at, part);
    await mkdir(at).catch((error: unknown) => {
      if (errnoOf(error) !== 'EEXIST') throw error;
    });
    if (!(await lstat(at)).isDirectory()) return false;
  }
  return true;
}

/** Removes the half copies of a gateway that was killed over them; each folder is looked at once. */
async function cleanOnce(folder: string, cleaned: Set<string>): Promise<void> {
  if (cleaned.has(folder)) return;
  cleaned.add(folder);
  await removeLeftovers(folder);
}

async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error: unknown) {
    if (errnoOf(error) !== 'EXDEV') throw error;
    await withTemporary(to, async temporary => {
      await copyFile(from, temporary);
      await syncFile(temporary);
      await rename(temporary, to);
      await syncFolder(dirname(to));
    });
    await rm(from); // only now: a power cut finds the file here or there
  }
}
