/**
 * Which rows fulfil a filter: column by column and a block of rows at a time, so that no tree is walked for a row and
 * what one part leaves for the next is still in the cache.
 */
import { andLoop, COMPARE_LOOPS, notLoop, orLoop } from './block-loops.js';
import type { Block } from './block-loops.js';
import { columnRows } from './column.js';
import type { Column } from './column.js';
import type { Filter } from './filter.js';
import { leafTest, testBy } from './leaf-test.js';
import type { Leaf, Test } from './leaf-test.js';

const BLOCK_ROWS = 8192;

/** A filter becomes a list of these, to be run for each block; so the calls to loops stand in one place. */
interface Step extends Test {
  readonly out: Block;
}

/**
 * Six loops for no rows, run with each filter. V8 inlines a loop where it sees the same few called again and again, and
 * then its middle compiler makes jumps of them: now and then a query took seven times as long as the others.
 */
const NO_ROWS: readonly Step[] = Object.values(COMPARE_LOOPS).map(loop => ({
  ...testBy(loop, { values: new Float64Array(), bound: 0 }),
  out: { bytes: new Uint8Array(), words: new Int32Array() }
}));

type Columns = Readonly<Record<string, Column>>;

/**
 * Which rows fulfil the filter.
 *
 * Shapes   filter: from `parseFilter` for these columns; each column it names of `rows` rows → u8[rows], 0 or 1.
 * Throws   RangeError if the filter names no column, a column of a kind that the operator does not take, or one that
 *          has not `rows` rows, or compares with a value that is not of the column's kind.
 * Edges    a missing value fulfils nothing but `missing`, not even `!=`; `not` turns round what it is given. Unknown
 *          texts match nothing. 0 and -0 are equal. A code beyond the categories fulfils nothing.
 * Cost     O(rows · parts) time, 1 to 2 ns each, and 10 to 20 for `in` over numbers; O(values + categories) once.
 *          Beside the answer 8 KiB a level, and the tables of `in` and of categories.
 */
export function selectRows(filter: Filter, columns: Columns, rows: number): Uint8Array {
  const program = new Program(columns, rows);
  program.add(filter, 0);
  const mask = new Uint8Array(rows);
  const { bytes } = program.block(0);
  runSteps(NO_ROWS, 0, 0);
  for (let from = 0; from < rows; from += BLOCK_ROWS) {
    const n = Math.min(BLOCK_ROWS, rows - from);
    runSteps(program.steps, from, n);
    mask.set(n === BLOCK_ROWS ? bytes : bytes.subarray(0, n), from);
  }
  return mask;
}

function runSteps(steps: readonly Step[], from: number, n: number): void {
  for (const { loop, condition, out } of steps) loop(condition, from, n, out);
}

/**
 * How many rows a mask keeps.
 *
 * Shapes   mask u8[rows] → a count. Edges: any value but 0 keeps its row.
 * Cost     O(rows) time, no memory.
 */
export function countRows(mask: Uint8Array): number {
  let count = 0;
  for (let row = 0; row < mask.length; row += 1) count += Number(mask[row] !== 0);
  return count;
}

/**
 * The first `count` rows that a mask keeps, ascending.
 *
 * Shapes   mask u8[rows] → i32[count]; count is what `countRows` says, or less.
 * Throws   RangeError if the mask keeps fewer rows than `count`.
 * Edges    any value but 0 keeps its row; count = 0 → no rows.
 * Cost     O(rows) time, O(count) memory.
 */
export function rowsOf(mask: Uint8Array, count: number): Int32Array {
  const rows = new Int32Array(count);
  let kept = 0;
  // Written for each row and kept by moving on: no jump to guess wrong.
  for (let row = 0; row < mask.length && kept < count; row += 1) {
    rows[kept] = row;
    kept += Number(mask[row] !== 0);
  }
  if (kept < count) throw new RangeError(`count is ${count}: want at most ${kept}, for the mask keeps no more rows`);
  return rows;
}

/** The steps that leave the answers for a filter in the block of its level, and what else that needs below it. */
class Program {
  readonly steps: Step[] = [];
  readonly #blocks: Block[] = [];

  constructor(
    private readonly columns: Columns,
    private readonly rows: number
  ) {}

  block(level: number): Block {
    return (this.#blocks[level] ??= makeBlock());
  }

  add(filter: Filter, level: number): void {
    const out = this.block(level);
    if (!('of' in filter)) {
      this.steps.push({ ...this.#test(filter), out });
      return;
    }
    if (filter.of.length === 0) throw new RangeError(`"${filter.op}" of nothing: want at least one part`);
    for (const [index, part] of filter.of.entries()) {
      this.add(part, index === 0 ? level : level + 1);
      if (index === 0) continue;
      this.steps.push({ ...testBy(filter.op === 'and' ? andLoop : orLoop, this.block(level + 1)), out });
    }
    if (filter.op === 'not') this.steps.push({ ...testBy(notLoop, undefined), out });
  }

  #test(filter: Leaf): Test {
    const { columns, rows } = this;
    const name = filter.column;
    const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
    if (column === undefined) throw new RangeError(`${name} is no column: want a filter for these columns`);
    if (columnRows(column) !== rows) {
      throw new RangeError(`column ${name} has ${columnRows(column)} rows: want ${rows}`);
    }
    const test = leafTest(filter, column);
    if (test !== undefined) return test;
    throw new RangeError(`"${filter.op}" on column ${name} of kind ${column.kind}: want what parseFilter allows`);
  }
}

function makeBlock(): Block {
  const bytes = new Uint8Array(BLOCK_ROWS);
  return { bytes, words: new Int32Array(bytes.buffer) };
}
