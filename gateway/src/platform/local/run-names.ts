/** Decides how a run and its script are called. */
import type { EntryPath } from './entry-path.js';

const LONGEST_SLUG = 32;

/** An id that says which notebook it is of: `train-two-tower-x7k2p`. */
export function runId(stem: string, suffix: string): string {
  const plain = stem.normalize('NFKD').toLowerCase();
  const slug = plain
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST_SLUG)
    .replace(/^-+|-+$/g, '');
  return `${slug === '' ? 'run' : slug}-${suffix}`;
}

/** The file that is run: a script under its own name, a notebook under one that nothing in its folder has. */
export function scriptNameOf({ stem, kind }: Pick<EntryPath, 'stem' | 'kind'>, taken: ReadonlySet<string>): string {
  if (kind === 'script') return `${stem}.py`;
  const free = [`${stem}.py`, `${stem}.berth.py`].find(name => !taken.has(name));
  if (free !== undefined) return free;
  let number = 2;
  while (taken.has(`${stem}.berth-${number}.py`)) number += 1;
  return `${stem}.berth-${number}.py`;
}
