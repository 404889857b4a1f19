/**
 * Looks at a notebook's folder and says what a snapshot of it would hold, before anything is copied. Only names and
 * sizes are read (and `.gitignore` files), so that the verdict can be asked for at every click.
 */
import { constants, type Dirent, type Stats } from 'node:fs';
import { access, lstat, readdir, readlink, realpath } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Problem } from '../contract/index.js';
import { errnoOf } from '../store/index.js';
import { type BundleLimits, bundleProblems, DEFAULT_BUNDLE_LIMITS, isHopeless } from './bundle-limits.js';
import { ignoreBase, readIgnoreFile } from './ignore-files.js';
import type { IgnoreRules } from './ignore-rules.js';
import { insideTarget, isInside } from './inside-link.js';
import { ENVIRONMENT_MARKERS, isResultsFolder, LEFT_OUT_FOLDERS } from './left-out.js';
import { byCodeUnit } from './manifest.js';
import { secretsWarning } from './secret-names.js';
import { WarningList } from './warning-list.js';

export interface SurveyedFile {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly bytes: number;
  /** Only whether it can be executed is kept: 0644 or 0755. */
  readonly mode: number;
  readonly mtimeMs: number;
  /** Target, where it is a symbolic link. */
  readonly link?: string;
}

export interface FolderSurvey {
  /** Sorted by path. */
  readonly files: readonly SurveyedFile[];
  /** Folders in which nothing is kept: code may want to write there, so they exist in the copy too. Sorted. */
  readonly folders: readonly string[];
  readonly bytes: number;
  /** False where the walk gave up on a folder far beyond the limits. */
  readonly complete: boolean;
  readonly warnings: readonly string[];
  /** Why it cannot be sent; empty when it can. */
  readonly problems: readonly Problem[];
}

const AT_ONCE = 64;

/**
 * What would be sent of this folder.
 * @param always paths, relative to the folder, that `.gitignore` cannot leave out, such as the notebook itself
 * @throws the signal's reason when it is aborted; the file system's error when the folder itself cannot be read
 */
export async function surveyFolder(
  folder: string,
  limits: BundleLimits = DEFAULT_BUNDLE_LIMITS,
  signal?: AbortSignal,
  always: readonly string[] = []
): Promise<FolderSurvey> {
  const root = await realpath(folder);
  await readdir(root);
  const survey = new Survey(root, limits, signal);
  await survey.walk();
  await survey.addAlways(always);
  return survey.result();
}

class Survey {
  readonly #root: string;
  readonly #limits: BundleLimits;
  readonly #signal: AbortSignal | undefined;
  readonly #files = new Map<string, SurveyedFile>();
  readonly #folders = new Set<string>();
  readonly #warnings = new WarningList();
  #bytes = 0;
  #complete = true;

  constructor(root: string, limits: BundleLimits, signal: AbortSignal | undefined) {
    this.#root = root;
    this.#limits = limits;
    this.#signal = signal;
  }

  async walk(): Promise<void> {
    const base = await ignoreBase(this.#root);
    if (base.dropped) {
      this.#warnings.add('Git ignores this whole folder, so only the .gitignore files in it were followed', this.#root);
    }
    const above = relative(base.root, this.#root);
    const waiting = [{ path: '', rules: base.rules }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      this.#signal?.throwIfAborted();
      const { path, rules: inherited } = next;
      const text = await readIgnoreFile(join(this.#root, path));
      const rules = text === undefined ? inherited : inherited.with(joined(above, path), text);
      for (const child of await this.#visit(path, above, rules)) waiting.push({ path: child, rules });
      if (this.#isHopeless()) {
        this.#complete = false;
        return;
      }
    }
  }

  /** Records what lies in one folder; the folders to go on with. */
  async #visit(path: string, above: string, rules: IgnoreRules): Promise<string[]> {
    const entries = await this.#entries(path);
    const names = new Set(entries.map(entry => entry.name));
    if (path !== '' && ENVIRONMENT_MARKERS.some(marker => names.has(marker))) return [];
    if (path !== '') this.#folders.add(path);
    const isKept = (entry: Dirent): boolean => {
      if (entry.name === '.git' || (entry.isDirectory() && isLeftOutFolder(entry.name, names))) return false;
      return !rules.ignores(joined(above, joined(path, entry.name)), entry.isDirectory());
    };
    const folders: string[] = [];
    // a flat folder of a million files must not be looked through to its end either
    for (let from = 0; from < entries.length && !this.#isHopeless(); from += AT_ONCE) {
      this.#signal?.throwIfAborted();
      const kept = entries.slice(from, from + AT_ONCE).filter(isKept);
      const others = kept.filter(entry => !entry.isDirectory());
      await Promise.all(others.map(entry => this.#record(joined(path, entry.name))));
      folders.push(...kept.filter(entry => entry.isDirectory()).map(entry => joined(path, entry.name)));
    }
    return folders;
  }

  #isHopeless(): boolean {
    return isHopeless({ bytes: this.#bytes, files: this.#files.size + this.#folders.size }, this.#limits);
  }

  async #entries(path: string): Promise<Dirent[]> {
    try {
      return await readdir(join(this.#root, path), { withFileTypes: true });
    } catch (error: unknown) {
      if (errnoOf(error) !== 'ENOENT') this.#warnings.add('Left out, because they cannot be read', `${path}/`);
      else if (path.includes('\uFFFD')) this.#warnings.add('Left out, because their names are not UTF-8', `${path}/`);
      return [];
    }
  }

  async #record(path: string): Promise<void> {
    const absolute = join(this.#root, path);
    const seen = await lstat(absolute).catch(() => undefined);
    if (seen === undefined) {
      // Node decodes a name that is not UTF-8 with replacement characters, and then there is no such file.
      if (path.includes('\uFFFD')) this.#warnings.add('Left out, because their names are not UTF-8', path);
    } else if (seen.isSymbolicLink()) {
      await this.#recordLink(path, seen);
    } else if (!seen.isFile()) {
      this.#warnings.add('Left out, because they are pipes, sockets or devices', path);
    } else if (await isReadable(absolute, seen)) {
      this.#keep({ path, bytes: seen.size, mode: (seen.mode & 0o100) === 0 ? 0o644 : 0o755, mtimeMs: seen.mtimeMs });
    } else {
      this.#warnings.add('Left out, because they cannot be read', path);
    }
  }

  async #recordLink(path: string, seen: Stats): Promise<void> {
    const target = await readlink(join(this.#root, path)).catch(() => undefined);
    if (target === undefined) return;
    const link = await insideTarget(this.#root, path, target);
    if (link === undefined) {
      this.#warnings.add('Left out, because these links lead out of the folder', `${path} → ${target}`);
      return;
    }
    this.#keep({ path, bytes: 0, mode: 0o644, mtimeMs: seen.mtimeMs, link });
  }

  #keep(file: SurveyedFile): void {
    this.#files.set(file.path, file);
    this.#bytes += file.bytes;
  }

  async addAlways(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      if (!this.#files.has(path) && isInside(this.#root, join(this.#root, path))) await this.#record(path);
    }
  }

  result(): FolderSurvey {
    const files = [...this.#files.values()].sort((a, b) => byCodeUnit(a.path, b.path));
    const folders = emptyFolders(this.#folders, files);
    const size = { bytes: this.#bytes, files: files.length + folders.length, complete: this.#complete };
    const secrets = secretsWarning(files.map(file => file.path));
    return {
      files,
      folders,
      bytes: this.#bytes,
      complete: this.#complete,
      warnings: [...this.#warnings.sentences(), ...(secrets === undefined ? [] : [secrets])],
      problems: bundleProblems(size, files, this.#limits)
    };
  }
}

function isLeftOutFolder(name: string, beside: ReadonlySet<string>): boolean {
  return LEFT_OUT_FOLDERS.has(name) || isResultsFolder(name, beside);
}

/** Those of the folders below which nothing is kept, not even another one of them. */
function emptyFolders(folders: ReadonlySet<string>, files: readonly SurveyedFile[]): string[] {
  const full = new Set<string>();
  for (const path of [...folders, ...files.map(file => file.path)]) {
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      const above = path.slice(0, slash);
      if (full.has(above)) break;
      full.add(above);
    }
  }
  return [...folders].filter(folder => !full.has(folder)).sort(byCodeUnit);
}

/** Asks the kernel only where the mode leaves a doubt: twenty thousand questions take a while. */
async function isReadable(path: string, seen: Stats): Promise<boolean> {
  if ((seen.mode & 0o444) === 0o444) return true;
  return access(path, constants.R_OK).then(
    () => true,
    () => false
  );
}

function joined(folder: string, name: string): string {
  return folder === '' || name === '' ? folder + name : `${folder}/${name}`;
}
