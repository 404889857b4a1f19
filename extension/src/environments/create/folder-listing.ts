/** Paths that a person may mean while typing one, from the Jupyter server's own file list. */
import { PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';

const MOST = 200;
const LOCK_FILE = /(?:\.toml|\.txt|\.lock|\.in)$/i;
const NOTEBOOK = /\.ipynb$/i;

export type Wanted = 'lock' | 'notebook';

/**
 * Files of that sort, and folders with `/`, in the folder that is typed so far.
 *
 * @param typed - Path from the root; the part after the last `/` is not looked at.
 */
export async function pathsIn(contents: Contents.IManager, typed: string, wanted: Wanted): Promise<string[]> {
  const folder = typed.includes('/') ? PathExt.dirname(typed) : '';
  const listing = await contents.get(folder, { content: true, type: 'directory' });
  const items = Array.isArray(listing.content) ? (listing.content as Contents.IModel[]) : [];
  const pattern = wanted === 'lock' ? LOCK_FILE : NOTEBOOK;
  return items
    .filter(({ type, name }) => type === 'directory' || pattern.test(name))
    .map(({ type, path }) => (type === 'directory' ? `${path}/` : path))
    .sort()
    .slice(0, MOST);
}

/** The text of a file; throws where it is none. */
export async function textOf(contents: Contents.IManager, path: string): Promise<string> {
  const file = await contents.get(path, { content: true, type: 'file', format: 'text' });
  return String(file.content);
}
