/**
 * What a snapshot never holds, whatever `.gitignore` says: history, caches, and what can be made again or only works
 * where it is. `LEFT_OUT_FOLDERS` is the list for the documentation.
 */

/** Folders of these names are left out at every level. */
export const LEFT_OUT_FOLDERS: ReadonlySet<string> = new Set([
  '.git',
  '.hg',
  '.svn',
  '.ipynb_checkpoints',
  '__pycache__',
  'node_modules',
  '.mypy_cache',
  '.pytest_cache',
  '.ruff_cache',
  '.tox',
  '.nox'
]);

/** A folder that holds one of these is a virtual environment (venv, virtualenv, uv; conda) and is left out. */
export const ENVIRONMENT_MARKERS: readonly string[] = ['pyvenv.cfg', 'conda-meta'];

/** True for what earlier runs brought back: `train.runs` beside `train.ipynb` or `train.py`. */
export function isResultsFolder(name: string, beside: ReadonlySet<string>): boolean {
  if (!name.endsWith('.runs')) return false;
  const stem = name.slice(0, -'.runs'.length);
  return beside.has(`${stem}.ipynb`) || beside.has(`${stem}.py`);
}
