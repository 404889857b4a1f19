/**
 * Snapshots of notebooks' folders, kept by content: `manifests/<digest>.json` and `blobs/ab/<sha256>`. The manifest is
 * written last, so a bundle that can be seen is whole. What is being stored is safe from a collection at the same time.
 */
import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, rm, stat, symlink, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PlatformError } from '../contract/index.js';
import {
  asStorageError,
  errnoOf,
  makePrivateFolder,
  readJsonFile,
  removeLeftovers,
  writeFileAtomic
} from '../store/index.js';
import { BlobStore } from './blob-store.js';
import { collectOutputs, type CollectedOutputs } from './collect-outputs.js';
import { forEachAtOnce } from './for-each-at-once.js';
import { Manifest, type ManifestFile, serialiseManifest } from './manifest.js';
import type { FolderSurvey, SurveyedFile } from './survey-folder.js';
import { WarningList } from './warning-list.js';

export interface StoredBundle {
  readonly digest: string;
  /** Files and links. */
  readonly files: number;
  readonly bytes: number;
  /** What happened while copying; those of the survey are not repeated. */
  readonly warnings: readonly string[];
}

const AT_ONCE = 8;
const DIGEST = /^[0-9a-f]{64}$/;
const COLLECT_AFTER_MS = 15 * 60_000;
const GONE = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);
const FORBIDDEN = new Set(['EACCES', 'EPERM']);

export class BundleStore {
  readonly #folder: string;
  readonly #blobs: BlobStore;
  /** Blobs of bundles that are being stored, and how many of those need each. */
  readonly #pinned = new Map<string, number>();
  /** For each collection that goes on: the blobs that some bundle needed since it began, stored by now or not. */
  readonly #collections = new Set<Set<string>>();

  /** @param folder private to this store; one gateway uses it at a time */
  constructor(folder: string) {
    this.#folder = folder;
    this.#blobs = new BlobStore(join(folder, 'blobs'));
  }

  /**
   * Stores what the survey lists.
   * @throws PlatformError `too-large` with the survey's problems, `storage-full`; the signal's reason when aborted.
   * Then no bundle is visible.
   */
  async put(folder: string, survey: FolderSurvey, signal?: AbortSignal): Promise<StoredBundle> {
    if (survey.problems.length > 0) {
      throw new PlatformError('too-large', survey.problems[0]?.message ?? '', { problems: survey.problems });
    }
    const pins = new Set<string>();
    try {
      await this.#prepare();
      return await this.#put(folder, survey, sha256 => this.#pin(sha256, pins), signal);
    } catch (error: unknown) {
      throw asStorageError(error, `the folder ${this.#folder}`);
    } finally {
      for (const sha256 of pins) this.#unpin(sha256);
    }
  }

  async #put(
    folder: string,
    survey: FolderSurvey,
    pin: (sha256: string) => void,
    signal?: AbortSignal
  ): Promise<StoredBundle> {
    const warnings = new WarningList();
    const files: ManifestFile[] = [];
    const plain = survey.files.filter(file => file.link === undefined);
    await forEachAtOnce(plain, AT_ONCE, async file => {
      signal?.throwIfAborted();
      const stored = await this.#putFile(folder, file, pin, warnings, signal);
      if (stored !== undefined) files.push(stored);
    });
    signal?.throwIfAborted();
    const links = survey.files.flatMap(({ path, link }) => (link === undefined ? [] : [{ path, link }]));
    const { text, digest } = serialiseManifest({ files, links, folders: [...survey.folders] });
    Manifest.parse(JSON.parse(text));
    await writeFileAtomic(this.#manifestPath(digest), text);
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    return { digest, files: files.length + links.length, bytes, warnings: warnings.sentences() };
  }

  async #putFile(
    folder: string,
    file: SurveyedFile,
    pin: (sha256: string) => void,
    warnings: WarningList,
    signal?: AbortSignal
  ): Promise<ManifestFile | undefined> {
    try {
      const { sha256, bytes, changed } = await this.#blobs.put(join(folder, file.path), pin, signal);
      if (changed) warnings.add('Changed while they were copied, so the run gets a state in between', file.path);
      return { path: file.path, mode: file.mode === 0o755 ? 0o755 : 0o644, sha256, bytes };
    } catch (error: unknown) {
      const code = errnoOf(error) ?? '';
      if (GONE.has(code)) warnings.add('Vanished while the folder was copied', file.path);
      else if (FORBIDDEN.has(code)) warnings.add('Left out, because they cannot be read', file.path);
      else throw error;
      return undefined;
    }
  }

  /**
   * Writes the bundle's tree into a folder that is absent or empty; the copies belong to the user and are writable.
   * @throws PlatformError `not-found`, `storage-full`, `conflict` when the folder is not empty. Nothing half-made is left.
   */
  async materialise(digest: string, target: string, signal?: AbortSignal): Promise<void> {
    const manifest = await this.manifest(digest);
    await mkdir(target, { recursive: true });
    if ((await readdir(target)).length > 0) throw new PlatformError('conflict', `The folder ${target} is not empty.`);
    try {
      await this.#write(manifest, target, signal);
    } catch (error: unknown) {
      await rm(target, { recursive: true, force: true });
      throw asStorageError(error, `the folder ${target}`);
    }
  }

  async #write(manifest: Manifest, target: string, signal?: AbortSignal): Promise<void> {
    const above = [...manifest.files, ...manifest.links].map(({ path }) => dirname(path));
    for (const folder of new Set([...above, ...manifest.folders]))
      await mkdir(join(target, folder), { recursive: true });
    await forEachAtOnce(manifest.files, AT_ONCE, async file => {
      signal?.throwIfAborted();
      if (!(await this.#blobs.has(file)))
        throw new Error(`the stored copy of ${file.path} (${file.sha256}) is damaged`);
      const path = join(target, file.path);
      await copyFile(this.#blobs.path(file.sha256), path, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
      await chmod(path, file.mode);
    });
    // Last, so that no file is ever written through one of them.
    for (const { path, link } of manifest.links) await symlink(link, join(target, path));
    signal?.throwIfAborted();
  }

  /** @throws PlatformError `not-found`; Error naming the file when it is damaged */
  async manifest(digest: string): Promise<Manifest> {
    const found = DIGEST.test(digest) ? await readJsonFile(this.#manifestPath(digest), Manifest) : undefined;
    if (found === undefined) throw new PlatformError('not-found', `There is no bundle ${digest}.`);
    return found;
  }

  /** Moves what a run made or changed in `workFolder` to `targetFolder`; the rest stays where it is. */
  async collectOutputs(digest: string, workFolder: string, targetFolder: string): Promise<CollectedOutputs> {
    return collectOutputs(await this.manifest(digest), workFolder, targetFolder);
  }

  /**
   * Removes bundles that are not in `keep`, blobs that none of the others needs, and what killed writers left.
   * @param olderThanMs younger manifests stay: their run may not be recorded yet. Default: a quarter of an hour.
   */
  async collectGarbage(
    keep: ReadonlySet<string>,
    olderThanMs = COLLECT_AFTER_MS
  ): Promise<{ readonly manifests: number; readonly blobs: number }> {
    await this.#prepare();
    const needed = new Set(this.#pinned.keys());
    this.#collections.add(needed);
    try {
      const manifests = await this.#collectManifests(keep, olderThanMs, needed);
      return { manifests, blobs: await this.#blobs.sweep(sha256 => needed.has(sha256)) };
    } finally {
      this.#collections.delete(needed);
    }
  }

  /** Adds to `needed` what the manifests that stay name; returns how many went. */
  async #collectManifests(keep: ReadonlySet<string>, olderThanMs: number, needed: Set<string>): Promise<number> {
    await removeLeftovers(join(this.#folder, 'manifests'));
    let removed = 0;
    for (const name of await readdir(join(this.#folder, 'manifests'))) {
      const digest = name.replace(/\.json$/, '');
      if (!DIGEST.test(digest)) continue;
      const path = this.#manifestPath(digest);
      if (keep.has(digest) || Date.now() - (await stat(path)).mtimeMs < olderThanMs) {
        for (const file of (await this.manifest(digest)).files) needed.add(file.sha256);
      } else {
        await rm(path, { force: true });
        removed += 1;
      }
    }
    return removed;
  }

  /** Keeps a bundle from the next collection for a while, as if it had just been stored. */
  async touch(digest: string): Promise<void> {
    const now = new Date();
    await utimes(this.#manifestPath(digest), now, now).catch(() => undefined);
  }

  async #prepare(): Promise<void> {
    await makePrivateFolder(this.#folder);
    await makePrivateFolder(join(this.#folder, 'manifests'));
    await this.#blobs.prepare();
  }

  #manifestPath(digest: string): string {
    return join(this.#folder, 'manifests', `${digest}.json`);
  }

  #pin(sha256: string, pins: Set<string>): void {
    if (pins.has(sha256)) return;
    pins.add(sha256);
    for (const needed of this.#collections) needed.add(sha256);
    this.#pinned.set(sha256, (this.#pinned.get(sha256) ?? 0) + 1);
  }

  #unpin(sha256: string): void {
    const left = (this.#pinned.get(sha256) ?? 1) - 1;
    if (left === 0) this.#pinned.delete(sha256);
    else this.#pinned.set(sha256, left);
  }
}
