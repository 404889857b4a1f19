/**
 * Decides what a code cell becomes in a script: as many lines as it had, each where it was, so that the line of a
 * traceback is the line in the notebook. What cannot be said in Python is refused, with its cell and line.
 */
import { planCellMagic } from './cell-magics.js';
import { FunctionScope } from './function-scope.js';
import { INSTALL_ADVICE, isInstallCommand } from './install-command.js';
import { pythonString } from './line-magics.js';
import { logicalLine } from './python-lines.js';
import { planEscape } from './script-line.js';
import type { CellMagicPlan } from './cell-magics.js';
import type { EscapePlan } from './script-line.js';
import type { LogicalLine } from './python-lines.js';
import type { CellNote, CodeCell } from './read-notebook.js';
import type { Helper } from './script-prelude.js';

const FUTURE = /^from\s+__future__\s+import\b/;
const NOT_PYTHON = /!(?!=)|[?$]/;
const ENDS_INSIDE = {
  string: 'ends inside a string that is not closed',
  bracket: 'ends inside a bracket that is not closed',
  backslash: 'ends with a backslash, with no line to go on'
} as const;

/** What a cell became; `lines` are worth nothing when there are problems. */
export interface ScriptCell {
  readonly lines: readonly string[];
  /** What it imports from `__future__`, which must stand at the top of the script. */
  readonly futures: readonly string[];
  readonly helpers: readonly Helper[];
  readonly warnings: readonly CellNote[];
  readonly problems: readonly CellNote[];
}

/** Translates one cell. */
export function scriptCell(cell: CodeCell): ScriptCell {
  return new CellTranslation(cell).result();
}

class CellTranslation {
  readonly #cell: CodeCell;
  /** The lines of the cell in one text, joined once, and where each begins in it. */
  readonly #source: string;
  readonly #starts: number[] = [];
  readonly #lines: string[] = [];
  readonly #futures: string[] = [];
  readonly #helpers: Helper[] = [];
  readonly #warnings: CellNote[] = [];
  readonly #problems: CellNote[] = [];
  readonly #scope = new FunctionScope();

  constructor(cell: CodeCell) {
    this.#cell = cell;
    this.#source = cell.lines.join('\n');
    let start = 0;
    for (const line of cell.lines) {
      this.#starts.push(start);
      start += line.length + 1;
    }
  }

  result(): ScriptCell {
    this.#cellMagics();
    while (this.#lines.length < this.#cell.lines.length) this.#next();
    return {
      lines: this.#lines,
      futures: this.#futures,
      helpers: this.#helpers,
      warnings: this.#warnings,
      problems: this.#problems
    };
  }

  /** Cell magics stand on the first line that is not empty; those that keep the cell may be followed by another one. */
  #cellMagics(): void {
    for (let more = true; more;) {
      while (this.#line()?.trim() === '') this.#lines.push('');
      const magic = /^%%(\S*[^\s?])[ \t]*(.*)$/.exec(this.#line() ?? '');
      more = magic !== null && this.#cellMagic(magic[1] ?? '', planCellMagic(magic[1] ?? '', (magic[2] ?? '').trim()));
    }
  }

  /** The line that is to be translated next. */
  #line(): string | undefined {
    return this.#cell.lines[this.#lines.length];
  }

  /** Is there still a cell to translate under the magic? */
  #cellMagic(name: string, plan: CellMagicPlan): boolean {
    if (plan.become === 'refused') this.#note(this.#problems, `%%${name} ${plan.why}.`);
    else if (plan.warning !== undefined) this.#note(this.#warnings, `%%${name} ${plan.warning}.`);
    if (plan.become === 'cell') this.#comment(1);
    else if (plan.become === 'text') this.#text(plan.call, plan.isShell, plan.helper);
    else this.#comment(this.#cell.lines.length - this.#lines.length);
    return plan.become === 'cell';
  }

  /** A string for each line, joined by Python, so that there are as many lines as before. */
  #text(call: string, isShell: boolean, helper: Helper): void {
    const body = this.#cell.lines.slice(this.#lines.length + 1);
    this.#helpers.push(helper);
    this.#lines.push(body.length === 0 ? `${call} "")` : call);
    for (const [index, line] of body.entries()) {
      if (isShell && isInstallCommand(line)) this.#note(this.#problems, `"${line.trim()}" ${INSTALL_ADVICE}.`);
      const isLast = index === body.length - 1;
      const literal = pythonString(isLast && line === '' ? '' : `${line}\n`);
      this.#lines.push(`    ${literal}${isLast ? ')' : ''}`);
    }
  }

  #next(): void {
    const from = this.#lines.length;
    const line = this.#cell.lines[from] ?? '';
    const indent = /^[ \t]*/.exec(line)?.[0] ?? '';
    const joined = this.#joined(from);
    const escape = planEscape(joined.text.slice(indent.length));
    if (escape === undefined) this.#python(indent, indent.length);
    else if (escape.become === 'statement') this.#python(indent, indent.length + escape.column);
    else this.#escape(indent, escape, joined.count);
  }

  /** The line with those that it goes on to by a backslash, as IPython joins them. */
  #joined(from: number): { readonly text: string; readonly count: number } {
    let text = this.#cell.lines[from] ?? '';
    let count = 1;
    while (text.endsWith('\\') && from + count < this.#cell.lines.length) {
      text = `${text.slice(0, -1).trimEnd()} ${(this.#cell.lines[from + count] ?? '').trim()}`;
      count += 1;
    }
    return { text: text.trimEnd(), count };
  }

  #escape(indent: string, escape: Exclude<EscapePlan, { become: 'statement' }>, count: number): void {
    if (escape.become === 'refused') {
      this.#note(this.#problems, `${escape.why}.`);
      return this.#comment(count);
    }
    if (escape.warning !== undefined) this.#note(this.#warnings, `${escape.warning}.`);
    if (escape.helper !== undefined) this.#helpers.push(escape.helper);
    this.#lines.push(indent + escape.code);
    this.#comment(count - 1);
  }

  /** Takes over a logical line of Python that begins at a column of the current line. */
  #python(indent: string, column: number): void {
    const from = (this.#starts[this.#lines.length] ?? this.#source.length) + column;
    const logical = logicalLine(this.#source, from);
    const lines = (indent + this.#source.slice(from, logical.end)).split('\n');
    this.#check(indent, logical);
    if (FUTURE.test(logical.code)) return this.#future(logical.code, lines.length);
    this.#lines.push(...lines);
  }

  #check(indent: string, { code, unfinished }: LogicalLine): void {
    const stray = NOT_PYTHON.exec(code)?.[0];
    if (unfinished !== undefined) this.#note(this.#problems, `the cell ${ENDS_INSIDE[unfinished]}.`);
    if (stray !== undefined)
      this.#note(this.#problems, `"${stray}" is not Python here; write Python instead, or tag the cell berth:skip.`);
    if (this.#scope.awaitsOutside(indent.length, code)) {
      this.#note(
        this.#problems,
        'await outside a function works in a notebook only; put it into one and call asyncio.run(...).'
      );
    }
    if (/(?<![\w.])get_ipython\s*\(/.test(code)) {
      this.#note(this.#warnings, 'get_ipython() is not there in a training.');
    }
    if (/(?<![\w.])display\s*\(/.test(code)) this.#helpers.push('display');
  }

  #future(code: string, count: number): void {
    if (code.includes(';')) this.#note(this.#problems, 'an import from __future__ has to stand on a line of its own.');
    const names = code.replace(FUTURE, '').replace(/[()]/g, '').split(',');
    this.#futures.push(...names.map(name => name.trim()).filter(name => name !== ''));
    this.#lines.push(`pass  # moved to the top: ${(this.#cell.lines[this.#lines.length] ?? '').trim()}`);
    this.#comment(count - 1);
  }

  #comment(count: number): void {
    const from = this.#lines.length;
    this.#lines.push(...this.#cell.lines.slice(from, from + count).map(line => `# ${line}`.trimEnd()));
  }

  /** Adds a note about the current line. */
  #note(notes: CellNote[], what: string): void {
    const { cell, label } = this.#cell;
    const line = this.#lines.length + 1;
    const place = `Cell ${cell}${label === undefined ? '' : ` ${label}`}, line ${line}`;
    notes.push({ cell, ...(label === undefined ? {} : { label }), line, message: `${place}: ${what}` });
  }
}
