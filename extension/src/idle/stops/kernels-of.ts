/** Which kernels a notebook has now. Pure. */
import type { Session } from '@jupyterlab/services';

/** @param path - From the Jupyter root. */
export function kernelsOf(sessions: Iterable<Session.IModel>, path: string): string[] {
  return [...sessions].flatMap(({ path: of, kernel }) => (of === path && kernel !== null ? [kernel.id] : []));
}
