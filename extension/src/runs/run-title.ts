/** Names by which the runs of one notebook can be told apart. Pure. */
import type { RunView } from '@berth/gateway/contract';

const SUFFIX_LENGTH = 5;

/** `01-train · k3x9p`: the notebook, and the end of the id, which differs from run to run. */
export function runTitle({ name, id }: Pick<RunView, 'name' | 'id'>): string {
  return `${name} · ${id.slice(-SUFFIX_LENGTH)}`;
}
