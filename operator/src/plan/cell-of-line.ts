/** Decides from which cell of the notebook a line of its script is. */

const MARKER = /^# %% \[cell (\d+)\] \((\d+) lines?\)$/;

/** Both count from 1. */
export interface CellLine {
  readonly cell: number;
  readonly line: number;
}

/**
 * The cell and line that the script's line (from 1) came from; undefined for lines that are of no cell.
 * Goes from marker to marker by the lengths that they state: a cell may hold text that looks like one.
 */
export function cellOfLine(script: string, line: number): CellLine | undefined {
  const lines = script.split('\n');
  let at = 0;
  while (at < line) {
    const [, cell, length] = MARKER.exec(lines[at] ?? '') ?? [];
    at += 1;
    if (cell === undefined) continue;
    if (line > at && line <= at + Number(length)) return { cell: Number(cell), line: line - at };
    at += Number(length);
  }
  return undefined;
}
