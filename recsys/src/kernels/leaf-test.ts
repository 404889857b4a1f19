/** Chooses the loop that answers a leaf of a filter for a column, and makes the tables it needs, once for all rows. */
import { betweenLoop, codeLoop, COMPARE_LOOPS, flagLoop, nanLoop, noneLoop } from './block-loops.js';
import type { BlockLoop } from './block-loops.js';
import { codeTable } from './column.js';
import type { Column } from './column.js';
import type { Filter } from './filter.js';
import { memberLoop, numberSet } from './number-set.js';

export type Leaf = Exclude<Filter, { of: unknown }>;

/** To be called as `loop(condition, from, n, out)`. */
export interface Test {
  readonly loop: BlockLoop<unknown>;
  readonly condition: unknown;
}

/** The test that a leaf makes of a column; undefined where the operator or the value does not go with its kind. */
export function leafTest(filter: Leaf, column: Column): Test | undefined {
  switch (column.kind) {
    case 'number':
      return numberTest(filter, column.values);
    case 'category': {
      const table = tableOf(filter, column.categories);
      return table && testBy(codeLoop, { codes: column.codes, table });
    }
    case 'flag':
      return flagTest(filter, column.values);
  }
}

/** A loop and what it is given, once the type that ties them is no longer needed. */
export function testBy<Condition>(loop: BlockLoop<Condition>, condition: Condition): Test {
  return { loop: loop as BlockLoop<unknown>, condition };
}

function numberTest(filter: Leaf, values: Float64Array): Test | undefined {
  if (filter.op === 'missing') return testBy(nanLoop, { values });
  if (filter.op === 'between') return testBy(betweenLoop, { values, low: filter.from, high: filter.to });
  if (filter.op === 'compare') {
    const { is, value: bound } = filter;
    return typeof bound === 'number' ? testBy(COMPARE_LOOPS[is], { values, bound }) : undefined;
  }
  if (!filter.values.every(value => typeof value === 'number')) return undefined;
  const words = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
  return testBy(memberLoop, { values, words, slots: numberSet(filter.values) });
}

/** By code + 1, so that entry 0 is that of the missing code. */
function tableOf(filter: Leaf, categories: readonly string[]): Uint8Array | undefined {
  if (filter.op === 'missing') return new Uint8Array(categories.length + 1).fill(1, 0, 1);
  if (filter.op === 'in') {
    return filter.values.every(value => typeof value === 'string') ? codeTable(categories, filter.values) : undefined;
  }
  if (filter.op !== 'compare' || typeof filter.value !== 'string') return undefined;
  const table = codeTable(categories, [filter.value]);
  if (filter.is === '==') return table;
  // Entry 0 stays: a missing value fulfils `!=` no more than `==`.
  return filter.is === '!=' ? table.map((isEqual, entry) => (entry === 0 ? 0 : 1 - isEqual)) : undefined;
}

function flagTest(filter: Leaf, flags: Uint8Array): Test | undefined {
  if (filter.op === 'missing') return testBy(noneLoop, undefined);
  if (filter.op !== 'compare' || typeof filter.value !== 'boolean') return undefined;
  if (filter.is !== '==' && filter.is !== '!=') return undefined;
  return testBy(flagLoop, { flags, flip: filter.value === (filter.is === '==') ? 0 : 1 });
}
