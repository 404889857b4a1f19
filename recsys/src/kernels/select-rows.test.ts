import fc from 'fast-check';
import type { Column } from './column.js';
import { columnKinds } from './column.js';
import { parseFilter } from './filter.js';
import type { Comparison, Filter, FilterValue } from './filter.js';
import { countRows, rowsOf, selectRows } from './select-rows.js';

type Value = number | string | boolean | undefined;
type Columns = Readonly<Record<string, Column>>;

/** The twin: one row at a time, over values as people would write them down. */
function fulfils(filter: Filter, row: Readonly<Record<string, Value>>): boolean {
  switch (filter.op) {
    case 'and':
      return filter.of.every(part => fulfils(part, row));
    case 'or':
      return filter.of.some(part => fulfils(part, row));
    case 'not':
      return !fulfils(filter.of[0], row);
    case 'missing':
      return row[filter.column] === undefined;
    default:
      return row[filter.column] !== undefined && fulfilsLeaf(filter, row[filter.column] as FilterValue);
  }
}

function fulfilsLeaf(filter: Filter, value: FilterValue): boolean {
  if (filter.op === 'between') return filter.from <= (value as number) && (value as number) <= filter.to;
  if (filter.op === 'in') return (filter.values as FilterValue[]).some(wanted => wanted === value);
  if (filter.op !== 'compare') throw new Error(filter.op);
  const answers: Record<Comparison, boolean> = {
    '<': value < filter.value,
    '<=': value <= filter.value,
    '==': value === filter.value,
    '!=': value !== filter.value,
    '>=': value >= filter.value,
    '>': value > filter.value
  };
  return answers[filter.is];
}

function rowOf(columns: Columns, row: number): Record<string, Value> {
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, valueOf(column, row)]));
}

function valueOf(column: Column, row: number): Value {
  if (column.kind === 'flag') return column.values[row] !== 0;
  if (column.kind === 'category') return column.categories[column.codes[row] ?? -1];
  return Number.isNaN(column.values[row]) ? undefined : column.values[row];
}

const twin = (filter: Filter, columns: Columns, rows: number) =>
  Array.from({ length: rows }, (_, row) => Number(fulfils(filter, rowOf(columns, row))));

const number = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(-0, 0.1, 1e300, -1e300, 5e-324));
const CATEGORIES = ['news', 'sport', 'news', '', '__proto__'];
const text = fc.constantFrom(...CATEGORIES, 'unheard of');

const columnsOf = (rows: number): fc.Arbitrary<Columns> => {
  const size = { minLength: rows, maxLength: rows };
  return fc.record({
    price: fc
      .array(fc.oneof(number, fc.constant(NaN)), size)
      .map(values => ({ kind: 'number', values: Float64Array.from(values) }) as const),
    topic: fc
      .array(fc.integer({ min: -1, max: CATEGORIES.length - 1 }), size)
      .map(codes => ({ kind: 'category', codes: Int32Array.from(codes), categories: CATEGORIES }) as const),
    seen: fc
      .array(fc.constantFrom(0, 1, 255), size)
      .map(values => ({ kind: 'flag', values: Uint8Array.from(values) }) as const)
  });
};

const equality = fc.constantFrom<Comparison>('==', '!=');
const comparison = fc.constantFrom<Comparison>('<', '<=', '==', '!=', '>=', '>');
const compare = (column: string, is: fc.Arbitrary<Comparison>, value: fc.Arbitrary<FilterValue>) =>
  fc.record({ op: fc.constant('compare' as const), column: fc.constant(column), is, value });
const isIn = <T extends number | string>(column: string, value: fc.Arbitrary<T>) =>
  fc.record({ op: fc.constant('in' as const), column: fc.constant(column), values: fc.array(value) });

const { filter: anyFilter } = fc.letrec<{ filter: Filter }>(tie => ({
  filter: fc.oneof(
    { maxDepth: 4 },
    compare('price', comparison, number),
    compare('topic', equality, text),
    compare('seen', equality, fc.boolean()),
    fc.record({ op: fc.constant('between' as const), column: fc.constant('price'), from: number, to: number }),
    isIn('price', number) as fc.Arbitrary<Filter>,
    isIn('topic', text) as fc.Arbitrary<Filter>,
    fc.record({ op: fc.constant('missing' as const), column: fc.constantFrom('price', 'topic', 'seen') }),
    fc.record({
      op: fc.constantFrom('and' as const, 'or' as const),
      of: fc.array(tie('filter'), { minLength: 1, maxLength: 4 })
    }),
    fc.record({ op: fc.constant('not' as const), of: fc.tuple(tie('filter')) })
  )
}));

describe('selectRows', () => {
  test('answers as the twin does, for any filter and any columns', () => {
    const cases = fc
      .integer({ min: 0, max: 30 })
      .chain(rows => fc.tuple(fc.constant(rows), columnsOf(rows), anyFilter));
    fc.assert(
      fc.property(cases, ([rows, columns, filter]) => {
        const typed = parseFilter(filter, columnKinds(columns));
        expect([...selectRows(typed, columns, rows)]).toEqual(twin(filter, columns, rows));
      }),
      { numRuns: 500 }
    );
  });

  test('answers as the twin does beyond the first block of rows, and in one that is not full', () => {
    const rows = 3 * 8192 + 5;
    const columns: Columns = {
      price: {
        kind: 'number',
        values: Float64Array.from({ length: rows }, (_, row) => (row % 11 === 0 ? NaN : row % 7))
      },
      topic: {
        kind: 'category',
        codes: Int32Array.from({ length: rows }, (_, row) => (row % 4) - 1),
        categories: ['a', 'b', 'c']
      }
    };
    const filter: Filter = {
      op: 'or',
      of: [
        {
          op: 'and',
          of: [
            { op: 'compare', column: 'price', is: '!=', value: 3 },
            { op: 'in', column: 'topic', values: ['a', 'c'] }
          ]
        },
        {
          op: 'not',
          of: [
            {
              op: 'or',
              of: [
                { op: 'in', column: 'price', values: [1, 2] },
                { op: 'missing', column: 'topic' }
              ]
            }
          ]
        }
      ]
    };
    expect([...selectRows(filter, columns, rows)]).toEqual(twin(filter, columns, rows));
  });

  test('a missing value fulfils nothing but missing, and not turns that round', () => {
    const columns: Columns = {
      price: { kind: 'number', values: Float64Array.of(NaN, 1) },
      topic: { kind: 'category', codes: Int32Array.of(-1, 0), categories: ['news'] }
    };
    const unequal: Filter[] = [
      { op: 'compare', column: 'price', is: '!=', value: 2 },
      { op: 'compare', column: 'topic', is: '!=', value: 'sport' }
    ];
    for (const filter of unequal) {
      expect([...selectRows(filter, columns, 2)]).toEqual([0, 1]);
      expect([...selectRows({ op: 'not', of: [filter] }, columns, 2)]).toEqual([1, 0]);
      expect([...selectRows({ op: 'not', of: [{ op: 'not', of: [filter] }] }, columns, 2)]).toEqual([0, 1]);
    }
  });

  test('a column that starts inside a buffer is read from where it starts', () => {
    const values = Float64Array.of(1, 2, 3).subarray(1);
    const columns: Columns = { price: { kind: 'number', values } };
    expect([...selectRows({ op: 'in', column: 'price', values: [2] }, columns, 2)]).toEqual([1, 0]);
  });

  test.each<[string, Filter, RegExp]>([
    ['a column that is not there', { op: 'missing', column: 'constructor' }, /constructor is no column/],
    ['a column of other length', { op: 'missing', column: 'short' }, /short has 1 rows: want 2/],
    ['nothing to combine', { op: 'and', of: [] }, /"and" of nothing/],
    ['a text for a number', { op: 'compare', column: 'price', is: '<', value: 'a' }, /"compare" on column price/],
    ['texts for numbers', { op: 'in', column: 'price', values: ['a'] }, /"in" on column price of kind number/],
    ['numbers for texts', { op: 'in', column: 'topic', values: [1] }, /"in" on column topic of kind category/],
    ['an order of texts', { op: 'compare', column: 'topic', is: '<', value: 'a' }, /"compare" on column topic/],
    ['a range of texts', { op: 'between', column: 'topic', from: 0, to: 1 }, /"between" on column topic/],
    ['an order of flags', { op: 'compare', column: 'seen', is: '<', value: true }, /"compare" on column seen/],
    ['a list of flags', { op: 'in', column: 'seen', values: [1] }, /"in" on column seen/]
  ])('refuses %s', (_name, filter, message) => {
    const columns: Columns = {
      price: { kind: 'number', values: new Float64Array(2) },
      short: { kind: 'number', values: new Float64Array(1) },
      topic: { kind: 'category', codes: new Int32Array(2), categories: ['news'] },
      seen: { kind: 'flag', values: new Uint8Array(2) }
    };
    expect(() => selectRows(filter, columns, 2)).toThrow(message);
  });
});

describe('countRows and rowsOf', () => {
  test('count and list what is not 0', () => {
    fc.assert(
      fc.property(fc.uint8Array({ max: 3 }), mask => {
        const want = [...mask.keys()].filter(row => mask[row] !== 0);
        expect(countRows(mask)).toBe(want.length);
        expect([...rowsOf(mask, want.length)]).toEqual(want);
        expect([...rowsOf(mask, want.length >> 1)]).toEqual(want.slice(0, want.length >> 1));
      })
    );
  });

  test('rowsOf refuses a count that the mask does not have', () => {
    expect(() => rowsOf(Uint8Array.of(1, 0, 2), 3)).toThrow(/count is 3: want at most 2/);
  });
});
