/** For tests: a folder to take snapshots of and a store for them, new for every test. */
import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DEFAULT_BUNDLE_LIMITS as LIMITS } from './bundle-limits.js';
import { BundleStore, type StoredBundle } from './bundle-store.js';
import { surveyFolder } from './survey-folder.js';

export class BundleBench {
  readonly root: string;
  readonly source: string;
  readonly store: BundleStore;

  private constructor(root: string) {
    this.root = root;
    this.source = join(root, 'source');
    this.store = new BundleStore(join(root, 'store'));
  }

  static async make(): Promise<BundleBench> {
    const bench = new BundleBench(await mkdtemp(join(tmpdir(), 'berth-bundle-')));
    await mkdir(bench.source);
    return bench;
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }

  async snapshot(): Promise<StoredBundle> {
    return this.store.put(this.source, await surveyFolder(this.source, LIMITS));
  }

  /** Names of all files in a folder of the store. */
  async listed(folder: string): Promise<string[]> {
    const path = join(this.root, 'store', folder);
    const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []);
    return entries.filter(entry => entry.isFile()).map(entry => entry.name);
  }
}

export async function write(folder: string, files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** Everything in a folder: path → kind, executable bit, content. */
export async function tree(folder: string): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const path of (await readdir(folder, { recursive: true })).sort()) {
    const seen = await lstat(join(folder, path));
    if (seen.isSymbolicLink()) all[path] = `link ${await readlink(join(folder, path))}`;
    else if (seen.isDirectory()) all[path] = 'folder';
    else all[path] = `file ${(seen.mode & 0o100) === 0 ? '-' : 'x'} ${await readFile(join(folder, path), 'latin1')}`;
  }
  return all;
}

/** What the promise rejects with; undefined when it does not. */
export async function caught(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error
  );
}
