/** Which symbolic links may travel with a folder: those that, lexically and really, stay inside it. */
import { realpath } from 'node:fs/promises';
import { posix, relative, resolve, sep } from 'node:path';

/** True when `path` (absolute) is `folder` or lies below it, judged by the text alone. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !way.startsWith(sep);
}

/**
 * The target that the link should have in a copy of the folder, relative to the link, with `/`; undefined when the link
 * leads out. An absolute target inside the folder becomes relative, so that the copy does not point at the original.
 *
 * @param root absolute, real path of the folder
 * @param path of the link, relative to it, with `/`
 */
export async function insideTarget(root: string, path: string, target: string): Promise<string | undefined> {
  const holder = resolve(root, posix.dirname(path));
  const absolute = resolve(holder, target);
  if (!isInside(root, absolute)) return undefined;
  const real = await realpath(resolve(root, path)).catch(() => undefined);
  if (real !== undefined && !isInside(root, real)) return undefined;
  return target.startsWith('/') ? relative(holder, absolute) || '.' : target;
}
