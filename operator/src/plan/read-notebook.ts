/** Decides whether a text is a notebook that can be trained, and takes its code cells out of it. */
import { jsonErrorPosition } from './json-position.js';

/** What is wrong or worth saying, and where: as a person counts in the notebook, or nowhere in particular. */
export interface CellNote {
  /** From 1, among all cells of the notebook. */
  readonly cell?: number;
  /** As it stands beside the cell, e.g. `[7]`, if the cell has been run. */
  readonly label?: string;
  /** From 1, in the cell. */
  readonly line?: number;
  readonly message: string;
}

export interface CodeCell {
  readonly cell: number;
  readonly label?: string;
  readonly lines: readonly string[];
  /** Tagged `berth:skip`. */
  readonly skipped: boolean;
}

export type NotebookReading =
  { readonly cells: readonly CodeCell[]; readonly problems?: undefined } | { readonly problems: readonly CellNote[] };

/** A cell with this tag stays in the notebook when it is trained. */
export const SKIP_TAG = 'berth:skip';

type Json = Readonly<Record<string, unknown>>;

/** The code cells of a notebook of format 4 in Python, in order; or everything that is wrong with it. */
export function readNotebook(text: string): NotebookReading {
  let notebook: unknown;
  try {
    notebook = JSON.parse(text);
  } catch (error: unknown) {
    return { problems: [{ message: notJson(text, error) }] };
  }
  const problem = notebookProblem(notebook);
  if (problem !== undefined) return { problems: [{ message: problem }] };
  const cells = (notebook as { cells: readonly unknown[] }).cells.map((cell, index) => codeCell(cell, index + 1));
  const problems = cells.filter((cell): cell is CellNote => cell !== undefined && 'message' in cell);
  if (problems.length > 0) return { problems };
  const code = cells.filter((cell): cell is CodeCell => cell !== undefined && 'lines' in cell);
  if (code.some(cell => !cell.skipped && cell.lines.some(line => line.trim() !== ''))) return { cells: code };
  return { problems: [{ message: noCode(code) }] };
}

function notJson(text: string, error: unknown): string {
  const conflict = text.split('\n').findIndex(line => line.startsWith('<<<<<<< '));
  if (conflict >= 0)
    return `The notebook holds a merge conflict of git at line ${conflict + 1} of its file; resolve it first.`;
  if (text.trim() === '') return 'The notebook file is empty.';
  return `The notebook is not JSON: it stops making sense at ${jsonErrorPosition(text, error)} of its file.`;
}

function notebookProblem(value: unknown): string | undefined {
  if (!isObject(value)) return 'The file is JSON, but not a notebook: want an object with "nbformat" and "cells".';
  const { nbformat, cells } = value;
  if (nbformat === undefined) return 'The file is JSON, but not a notebook: it has no "nbformat".';
  if (nbformat !== 4) {
    return `The notebook has format ${JSON.stringify(nbformat)}; want 4. Open it in JupyterLab and save it: that converts it.`;
  }
  if (!Array.isArray(cells)) return 'The notebook has no list of "cells".';
  const language = languageOf(value['metadata']);
  if (language === undefined || /^i?python[\d.]*$/i.test(language)) return undefined;
  return `The notebook is written in ${language}; only Python can be trained.`;
}

/** Undefined where the notebook does not say; then it is taken for Python, as most tools do. */
function languageOf(metadata: unknown): string | undefined {
  if (!isObject(metadata)) return undefined;
  const { kernelspec, language_info: info } = metadata;
  const names = [isObject(info) ? info['name'] : undefined, isObject(kernelspec) ? kernelspec['language'] : undefined];
  return names.find((name): name is string => typeof name === 'string' && name !== '');
}

function noCode(code: readonly CodeCell[]): string {
  if (code.length === 0) return 'The notebook has no code cells; there is nothing to train.';
  return `The notebook has no code to train: its code cells are empty or tagged ${SKIP_TAG}.`;
}

/** Undefined for a cell that is not code; a note for one that cannot be read. */
function codeCell(value: unknown, cell: number): CodeCell | CellNote | undefined {
  if (!isObject(value)) return { cell, message: `Cell ${cell} is not an object.` };
  if (value['cell_type'] !== 'code') return undefined;
  const source = sourceOf(value['source']);
  if (source === undefined) return { cell, message: `Cell ${cell} has no source: want text, or a list of lines.` };
  const count = value['execution_count'];
  const label = typeof count === 'number' ? { label: `[${count}]` } : {};
  return { cell, ...label, lines: source.split(/\r\n|\r|\n/), skipped: tagsOf(value['metadata']).includes(SKIP_TAG) };
}

function sourceOf(source: unknown): string | undefined {
  if (typeof source === 'string') return source;
  return Array.isArray(source) && source.every(line => typeof line === 'string') ? source.join('') : undefined;
}

function tagsOf(metadata: unknown): readonly unknown[] {
  const tags = isObject(metadata) ? metadata['tags'] : undefined;
  return Array.isArray(tags) ? tags : [];
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
