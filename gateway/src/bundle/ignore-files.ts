/** Finds and reads the files that git takes its ignore rules from: up to the repository's root, never beyond. */
import { lstat, readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { IgnoreRules } from './ignore-rules.js';

const MAX_BYTES = 1024 * 1024;

/** The rules that hold in a folder before its own `.gitignore` is read. */
export interface IgnoreBase {
  /** All rules are relative to this: the repository's root, or the folder itself outside one. */
  readonly root: string;
  readonly rules: IgnoreRules;
  /** The rules above would leave out the whole folder, so they were dropped. */
  readonly dropped: boolean;
}

/** Reads `.git/info/exclude` and every `.gitignore` above `folder` (an absolute, real path) up to the git root. */
export async function ignoreBase(folder: string): Promise<IgnoreBase> {
  const root = await gitRoot(folder);
  if (root === undefined) return { root: folder, rules: IgnoreRules.none(), dropped: false };
  const common = await gitCommonFolder(root);
  let rules = IgnoreRules.none().with('', (await readSmallFile(join(common, 'info', 'exclude'))) ?? '');
  for (const above of foldersBetween(root, folder)) {
    rules = rules.with(relative(root, above), (await readIgnoreFile(above)) ?? '');
  }
  // Someone who trains a notebook in a folder that git ignores does not want an empty snapshot.
  if (rules.ignores(relative(root, folder), true)) return { root, rules: IgnoreRules.none(), dropped: true };
  return { root, rules, dropped: false };
}

/** The folder's own `.gitignore`; undefined where there is none that git would read. */
export function readIgnoreFile(folder: string): Promise<string | undefined> {
  return readSmallFile(join(folder, '.gitignore'));
}

/** Never a link, a pipe or something huge: git does not read those either, and a pipe would block for ever. */
async function readSmallFile(path: string): Promise<string | undefined> {
  const seen = await lstat(path).catch(() => undefined);
  if (seen?.isFile() !== true || seen.size > MAX_BYTES) return undefined;
  return readFile(path, 'utf8').catch(() => undefined);
}

async function gitRoot(folder: string): Promise<string | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    const seen = await lstat(join(at, '.git')).catch(() => undefined);
    if (seen?.isDirectory() === true || seen?.isFile() === true) return at;
    if (at === dirname(at)) return undefined;
  }
}

/** In a linked work tree or submodule `.git` is a file that says where the repository is. */
async function gitCommonFolder(root: string): Promise<string> {
  const plain = join(root, '.git');
  const pointer = /^gitdir: (.+)$/m.exec((await readSmallFile(plain)) ?? '')?.[1];
  if (pointer === undefined) return plain;
  const gitFolder = resolve(root, pointer.trim());
  const common = (await readSmallFile(join(gitFolder, 'commondir')))?.trim();
  if (common === undefined) return gitFolder;
  return isAbsolute(common) ? common : resolve(gitFolder, common);
}

/** From the root down to, but without, the folder. */
function foldersBetween(root: string, folder: string): string[] {
  const folders: string[] = [];
  for (let at = folder; at !== root; at = dirname(at)) folders.unshift(dirname(at));
  return folders;
}
