/** Decides, line by line, whether code stands inside a function: `await` outside of one works in a notebook only. */

const DEFINES = /^(?:async\s+)?def\b/;
const AWAITS = /(?<![\w.])(?:await\b|async\s+(?:for|with)\b)/;

/** Give it the logical lines of a cell in order; `code` is without strings and comments. */
export class FunctionScope {
  /** Indentation of the outermost function that is open. */
  #indent: number | undefined;

  /** Does this line wait for something outside of any function? */
  awaitsOutside(indent: number, code: string): boolean {
    if (code.trim() === '') return false;
    if (this.#indent !== undefined && indent <= this.#indent) this.#indent = undefined;
    const defines = DEFINES.test(code.trim());
    if (this.#indent === undefined && defines) this.#indent = indent;
    return this.#indent === undefined && AWAITS.test(code);
  }
}
