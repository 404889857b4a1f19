/** Which notebook a path means: the same file has one name here, however its folder was reached. Nothing in it is read. */
import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/** The absolute path with the links in its folder followed; a folder that is not there keeps its name. */
export async function notebookFile(rootFolder: string, notebook: string): Promise<string> {
  const path = resolve(rootFolder, notebook);
  return join(await folderOf(dirname(path)), basename(path));
}

/** The path from the Jupyter root, for people; only its name where it lies elsewhere. */
export async function notebookPath(rootFolder: string, file: string): Promise<string> {
  const from = relative(await folderOf(rootFolder), file);
  const isInside = from !== '' && from !== '..' && !from.startsWith(`..${sep}`) && !isAbsolute(from);
  return isInside ? from.split(sep).join('/') : basename(file);
}

async function folderOf(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}
