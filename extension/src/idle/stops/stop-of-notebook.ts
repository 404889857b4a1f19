/** Which stop a notebook tells of. Pure. */
import type { ActivityStop } from '../words/stop-words.js';

/**
 * The newest that took this notebook's kernel, alone or with the whole workspace.
 *
 * @param path - From the Jupyter root.
 * @param seen - Ids of those that this notebook has done with.
 */
export function stopOfNotebook(
  stops: readonly ActivityStop[],
  path: string,
  seen: ReadonlySet<string>
): ActivityStop | null {
  const ours = stops.filter(
    ({ id, subject, path: of, open }) =>
      !seen.has(id) && (subject.kind === 'kernel' ? of === path : open.includes(path))
  );
  return ours.reduce<ActivityStop | null>((a, b) => (a !== null && a.atMs >= b.atMs ? a : b), null);
}
