/**
 * Decides which script a notebook is when it is trained: its code cells in order, as plain Python that needs no IPython.
 *
 * - A cell begins with `# %% [cell N] (M lines)`; N counts all cells, as a person does, and the M lines are those of the cell.
 * - Cells tagged `berth:skip` stay in the notebook. Magics become Python, a comment, or a refusal: see line-magics,
 *   cell-magics and script-line. Shell commands run in each process of the run, which a warning says.
 * - The value of a cell's last expression is not shown: a script has nobody to show it to.
 */
import { readNotebook } from './read-notebook.js';
import { scriptCell } from './script-cell.js';
import { preludeOf } from './script-prelude.js';
import type { CellNote, CodeCell } from './read-notebook.js';
import type { ScriptCell } from './script-cell.js';

export type ScriptPlan =
  | {
      readonly script: string;
      /** How many code cells were left out because of their tag. */
      readonly skipped: number;
      readonly warnings: readonly CellNote[];
      readonly problems?: undefined;
    }
  | { readonly problems: readonly CellNote[] };

/** Plans the script of the notebook `name`; every problem at once, in the order of the cells. */
export function planScript(notebookText: string, name: string): ScriptPlan {
  const notebook = readNotebook(notebookText);
  if (notebook.problems !== undefined) return { problems: notebook.problems };
  const kept = notebook.cells.filter(cell => !cell.skipped && cell.lines.some(line => line.trim() !== ''));
  const cells = kept.map(cell => ({ cell, made: scriptCell(cell) }));
  const problems = cells.flatMap(({ made }) => made.problems);
  if (problems.length > 0) return { problems };
  return {
    script: [header(name, cells), ...cells.map(({ cell, made }) => cellText(cell, made))].join('\n'),
    skipped: notebook.cells.filter(cell => cell.skipped).length,
    warnings: cells.flatMap(({ made }) => made.warnings)
  };
}

function header(name: string, cells: readonly { readonly made: ScriptCell }[]): string {
  const futures = [...new Set(cells.flatMap(({ made }) => made.futures))];
  const prelude = preludeOf(new Set(cells.flatMap(({ made }) => made.helpers)));
  const top = [
    `# Made by Berth from ${name.replace(/\p{Cc}/gu, ' ')}. Lines count from the "# %%" above them, as in the cell of the notebook.`
  ];
  if (futures.length > 0) top.push(`from __future__ import ${futures.join(', ')}`);
  if (prelude !== '') top.push('', prelude);
  return `${top.join('\n')}\n`;
}

function cellText({ cell }: CodeCell, { lines }: ScriptCell): string {
  return `${[`# %% [cell ${cell}] (${lines.length} ${lines.length === 1 ? 'line' : 'lines'})`, ...lines].join('\n')}\n`;
}
