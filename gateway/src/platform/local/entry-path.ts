/**
 * Finds the notebook that a submission names, and nothing outside the root folder of its Jupyter server: the path comes
 * from a browser, and symbolic links are followed before anything is read.
 */
import { lstat, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, posix, relative, sep } from 'node:path';
import { PlatformError } from '../../contract/index.js';

const MOST_NOTEBOOK_BYTES = 64 * 1024 * 1024;

export interface EntryPath {
  /** The file to read. */
  readonly file: string;
  /** The folder in which it is seen, absolute: what is sent, and where the results go. */
  readonly folder: string;
  /** Its name without ending. */
  readonly stem: string;
  readonly kind: 'notebook' | 'script';
  /** Where results go, from the Jupyter root. */
  readonly resultsFolder: string;
}

/**
 * Resolves `notebook` below `rootFolder`.
 *
 * @throws PlatformError `invalid-input` for a path that is none of ours, `not-found`, or `too-large`.
 */
export async function resolveEntry(rootFolder: string, notebook: string): Promise<EntryPath> {
  const problem = pathProblem(notebook);
  if (problem !== undefined) throw new PlatformError('invalid-input', problem);
  const root = await realpathOf(rootFolder, `The Jupyter root folder ${rootFolder} is not there.`);
  const seenFile = join(root, notebook);
  const missing = `There is no file ${notebook} below the Jupyter root.`;
  const file = await realpathOf(seenFile, missing);
  const folder = await realpathOf(join(seenFile, '..'), missing);
  if (![file, folder].every(path => isInside(root, path))) {
    throw new PlatformError(
      'invalid-input',
      `${notebook} leads out of the Jupyter root by a symbolic link; copy it there.`
    );
  }
  const found = await stat(file);
  if (!found.isFile()) throw new PlatformError('invalid-input', `${notebook} is not a file.`);
  if (found.size > MOST_NOTEBOOK_BYTES) {
    const message = `${notebook} has ${found.size} bytes; at most ${MOST_NOTEBOOK_BYTES} are read. Clear its outputs.`;
    throw new PlatformError('too-large', message);
  }
  const stem = posix.basename(notebook).replace(/\.(ipynb|py)$/, '');
  const resultsFolder = posix.join(posix.dirname(notebook), `${stem}.runs`);
  const runsFolder = await lstat(join(folder, `${stem}.runs`)).catch(() => undefined);
  if (runsFolder !== undefined && !runsFolder.isDirectory()) {
    throw new PlatformError(
      'invalid-input',
      `${resultsFolder} is in the way: results go to a folder of that name; rename it.`
    );
  }
  return { file, folder, stem, kind: notebook.endsWith('.py') ? 'script' : 'notebook', resultsFolder };
}

/** Why this is no path of a notebook below a root, whatever lies there. */
export function pathProblem(notebook: string): string | undefined {
  if (notebook.includes('\0')) return 'A path has no NUL characters.';
  if (isAbsolute(notebook)) return `${notebook} is absolute; give the path from the Jupyter root.`;
  const parts = notebook.split('/');
  if (parts.includes('..') || parts.includes('.') || parts.includes('')) {
    return `${notebook} is not a plain path; leave out "..", "." and double slashes.`;
  }
  if (!/[^.]\.(ipynb|py)$/.test(parts.at(-1) ?? '')) return `${notebook} is no notebook (.ipynb) and no script (.py).`;
  return undefined;
}

function isInside(root: string, path: string): boolean {
  const from = relative(root, path);
  return from !== '..' && !from.startsWith(`..${sep}`) && !isAbsolute(from);
}

async function realpathOf(path: string, missing: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error: unknown) {
    throw new PlatformError('not-found', missing, { cause: error });
  }
}
