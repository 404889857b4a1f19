/**
 * Decides whether JSON is a `where` of docs/reference/recsys-protocol.md. It comes from outside: nothing here trusts its
 * depth, its size, its keys or its types, and only own properties count, so that `constructor` is no column.
 */
import type { ColumnKind } from './column.js';
import { isJsonObject, ProblemList, shown } from './problem-list.js';
import type { FieldProblem } from './problem-list.js';

export type Comparison = '<' | '<=' | '==' | '!=' | '>=' | '>';

/** Which rows a search may answer with; the values are of the kind of the column. */
export type Filter =
  | { readonly op: 'and' | 'or'; readonly of: readonly Filter[] }
  | { readonly op: 'not'; readonly of: readonly [Filter] }
  | { readonly op: 'compare'; readonly column: string; readonly is: Comparison; readonly value: FilterValue }
  | { readonly op: 'between'; readonly column: string; readonly from: number; readonly to: number }
  | { readonly op: 'in'; readonly column: string; readonly values: readonly number[] | readonly string[] }
  | { readonly op: 'missing'; readonly column: string };

export type FilterValue = number | string | boolean;
export type ColumnKinds = Readonly<Record<string, ColumnKind>>;

export const MAX_FILTER_DEPTH = 32;
export const MAX_FILTER_PARTS = 1000;
export const MAX_FILTER_VALUES = 100_000;

const KEYS = {
  and: ['op', 'of'],
  or: ['op', 'of'],
  not: ['op', 'of'],
  compare: ['op', 'column', 'is', 'value'],
  between: ['op', 'column', 'from', 'to'],
  in: ['op', 'column', 'values'],
  missing: ['op', 'column']
} as const satisfies Record<Filter['op'], readonly string[]>;

const COMPARISONS: Readonly<Record<ColumnKind, readonly Comparison[]>> = {
  number: ['<', '<=', '==', '!=', '>=', '>'],
  category: ['==', '!='],
  flag: ['==', '!=']
};

const KINDS_OF_OP = {
  compare: ['number', 'category', 'flag'],
  between: ['number'],
  in: ['number', 'category'],
  missing: ['number', 'category', 'flag']
} as const satisfies Record<string, readonly ColumnKind[]>;

const WANTED_VALUE: Readonly<Record<ColumnKind, string>> = {
  number: 'a finite number',
  category: 'a text',
  flag: 'true or false'
};

/**
 * The filter that the JSON describes.
 *
 * Shapes   json: what `JSON.parse` gave → the same value, typed.
 * Throws   RangeError with one line for each problem that `filterProblems` finds.
 * Cost     that of `filterProblems`.
 */
export function parseFilter(json: unknown, columns: ColumnKinds): Filter {
  const problems = filterProblems(json, columns);
  if (problems.length === 0) return json as Filter;
  const lines = problems.map(({ field, message }) => `\n  ${field}: ${message}`);
  throw new RangeError(`invalid filter${lines.join('')}`);
}

/**
 * What keeps JSON from being a filter over the columns; [] if nothing does.
 *
 * Shapes   json: what `JSON.parse` gave; columns: the kind of each → problems in the order of the JSON, 100 at most.
 * Throws   nothing, whatever the JSON is.
 * Edges    `and` and `or` want at least one part. `between` with `from > to` and `in` without values are right: no row
 *          fulfils them. A key named `__proto__` is a key like any other, and here always one too many.
 * Cost     O(parts + values) time, and no more than the limits allow: neither depth nor length can exhaust the stack.
 */
export function filterProblems(json: unknown, columns: ColumnKinds): FieldProblem[] {
  const walk = new FilterWalk(columns);
  walk.visit('where', json, 1);
  return walk.list.problems;
}

class FilterWalk {
  readonly list = new ProblemList();
  #parts = 0;
  #values = 0;

  constructor(private readonly columns: ColumnKinds) {}

  /** Recursion ends at MAX_FILTER_DEPTH. False once it makes no sense to go on. */
  visit(field: string, json: unknown, depth: number): boolean {
    this.#parts += 1;
    if (this.#parts > MAX_FILTER_PARTS) {
      this.list.report(field, `is part ${MAX_FILTER_PARTS + 1}: want at most ${MAX_FILTER_PARTS} parts`);
      return false;
    }
    if (depth > MAX_FILTER_DEPTH) {
      this.list.report(field, `is on level ${depth}: want at most ${MAX_FILTER_DEPTH} levels`);
    } else if (!isJsonObject(json)) {
      this.list.want(field, json, 'an object with "op"');
    } else {
      return this.#visitObject(field, json, depth);
    }
    return !this.list.full;
  }

  #visitObject(field: string, json: Readonly<Record<string, unknown>>, depth: number): boolean {
    const op = Object.hasOwn(json, 'op') ? json.op : undefined;
    if (!isOp(op)) {
      this.list.want(`${field}.op`, op, `one of ${Object.keys(KEYS).join(', ')}`);
    } else if (this.list.wantKeys(field, json, KEYS[op])) {
      if (op === 'and' || op === 'or' || op === 'not') return this.#visitParts(`${field}.of`, op, json.of, depth);
      this.#visitLeaf(field, op, json);
    }
    return !this.list.full;
  }

  #visitParts(field: string, op: 'and' | 'or' | 'not', of: unknown, depth: number): boolean {
    const wanted = op === 'not' ? 'a list of exactly one part' : 'a list of at least one part';
    const parts: readonly unknown[] = Array.isArray(of) ? of : [];
    if (parts.length === 0 || (op === 'not' && parts.length > 1)) {
      this.list.want(field, of, wanted);
      return !this.list.full;
    }
    for (let index = 0; index < parts.length; index += 1) {
      if (!this.visit(`${field}[${index}]`, parts[index], depth + 1)) return false;
    }
    return true;
  }

  #visitLeaf(field: string, op: keyof typeof KINDS_OF_OP, json: Readonly<Record<string, unknown>>): void {
    const kind = this.#kindOf(`${field}.column`, op, json.column);
    if (kind === undefined) return;
    if (op === 'compare') this.#visitCompare(field, kind, json);
    else if (op === 'in') this.#visitValues(`${field}.values`, kind, json.values);
    else if (op === 'between') {
      this.#visitValue(`${field}.from`, kind, json.from);
      this.#visitValue(`${field}.to`, kind, json.to);
    }
  }

  #kindOf(field: string, op: keyof typeof KINDS_OF_OP, column: unknown): ColumnKind | undefined {
    if (typeof column !== 'string' || !Object.hasOwn(this.columns, column)) {
      const names = Object.keys(this.columns);
      const some = names.slice(0, 10).map(shown).join(', ');
      const wanted = names.length === 0 ? 'no filter, for there are no columns' : `one of ${some}`;
      this.list.want(field, column, names.length > 10 ? `${wanted} and ${names.length - 10} more` : wanted);
      return undefined;
    }
    const kind = this.columns[column] as ColumnKind;
    const kinds: readonly ColumnKind[] = KINDS_OF_OP[op];
    if (kinds.includes(kind)) return kind;
    this.list.report(
      field,
      `${shown(column)} is of kind ${kind}: "${op}" wants a column of kind ${kinds.join(' or ')}`
    );
    return undefined;
  }

  #visitCompare(field: string, kind: ColumnKind, json: Readonly<Record<string, unknown>>): void {
    const comparisons: readonly unknown[] = COMPARISONS[kind];
    if (!comparisons.includes(json.is)) {
      this.list.want(`${field}.is`, json.is, `one of ${comparisons.join(' ')} for a column of kind ${kind}`);
    }
    this.#visitValue(`${field}.value`, kind, json.value);
  }

  #visitValues(field: string, kind: ColumnKind, json: unknown): void {
    if (!Array.isArray(json)) return this.list.want(field, json, 'a list of values');
    this.#values += json.length;
    if (this.#values > MAX_FILTER_VALUES) {
      const message = `with its ${json.length} the filter has ${this.#values} values: want at most ${MAX_FILTER_VALUES}`;
      return this.list.report(field, message);
    }
    for (let index = 0; index < json.length && !this.list.full; index += 1) {
      if (!isValue(kind, json[index])) this.#visitValue(`${field}[${index}]`, kind, json[index]);
    }
  }

  #visitValue(field: string, kind: ColumnKind, value: unknown): void {
    if (!isValue(kind, value)) this.list.want(field, value, `${WANTED_VALUE[kind]} for a column of kind ${kind}`);
  }
}

function isOp(op: unknown): op is keyof typeof KEYS {
  return typeof op === 'string' && Object.hasOwn(KEYS, op);
}

function isValue(kind: ColumnKind, value: unknown): boolean {
  if (kind === 'number') return Number.isFinite(value);
  return typeof value === (kind === 'category' ? 'string' : 'boolean');
}
