import fc from 'fast-check';
import { filterProblems, MAX_FILTER_DEPTH, MAX_FILTER_PARTS, MAX_FILTER_VALUES, parseFilter } from './filter.js';
import type { ColumnKinds } from './filter.js';
import { MAX_PROBLEMS } from './problem-list.js';

const COLUMNS: ColumnKinds = { price: 'number', topic: 'category', seen: 'flag' };
const MISSING = { op: 'missing', column: 'price' };

const nested = (levels: number): unknown => {
  let json: unknown = MISSING;
  for (let level = 1; level < levels; level += 1) json = { op: 'not', of: [json] };
  return json;
};

const fieldsOf = (json: unknown, columns = COLUMNS) => filterProblems(json, columns).map(({ field }) => field);

describe('a filter is right', () => {
  test.each<[string, unknown]>([
    ['with every comparison of numbers', orOf(['<', '<=', '==', '!=', '>=', '>'].map(is => compare('price', is, 1)))],
    ['with texts', orOf([compare('topic', '==', 'news'), compare('topic', '!=', '')])],
    ['with flags', orOf([compare('seen', '==', true), compare('seen', '!=', false)])],
    ['between two numbers, the wrong way round too', { op: 'between', column: 'price', from: 2, to: -1 }],
    ['in numbers', { op: 'in', column: 'price', values: [1, 2.5] }],
    ['in texts', { op: 'in', column: 'topic', values: ['news', 'unheard of'] }],
    ['in nothing', { op: 'in', column: 'topic', values: [] }],
    ['with missing values of every kind', orOf(Object.keys(COLUMNS).map(column => ({ op: 'missing', column })))],
    ['on the deepest level', nested(MAX_FILTER_DEPTH)],
    ['with the most parts', orOf(Array.from({ length: MAX_FILTER_PARTS - 1 }, () => MISSING))],
    ['with the most values', { op: 'in', column: 'price', values: new Array<number>(MAX_FILTER_VALUES).fill(1) }]
  ])('%s', (_name, json) => {
    expect(filterProblems(json, COLUMNS)).toEqual([]);
    expect(parseFilter(json, COLUMNS)).toBe(json);
  });
});

describe('a filter is refused', () => {
  test.each<[string, unknown, string, RegExp]>([
    ['that is null', null, 'where', /is null: want an object/],
    ['that is a list', [MISSING], 'where', /is a list of 1: want an object/],
    ['with no operator', { column: 'price' }, 'where.op', /is undefined: want one of and, or, not/],
    ['with an unknown operator', { op: 'xor', of: [] }, 'where.op', /is "xor"/],
    ['with an operator that every object has', { op: 'constructor' }, 'where.op', /is "constructor"/],
    ['whose parts are no list', { op: 'and', of: { length: 1 } }, 'where.of', /is an object: want a list of at least/],
    ['of no parts', { op: 'or', of: [] }, 'where.of', /is a list of 0: want a list of at least one/],
    [
      'that negates two parts',
      { op: 'not', of: [MISSING, MISSING] },
      'where.of',
      /is a list of 2: want .* exactly one/
    ],
    ['with a key too many', { ...MISSING, value: 1 }, 'where', /has the key "value": want only op, column/],
    ['with a key too few', { op: 'between', column: 'price', from: 1 }, 'where.to', /is missing/],
    [
      'on an unknown column',
      { op: 'missing', column: 'prize' },
      'where.column',
      /is "prize": want one of "price", "topic"/
    ],
    ['on a column that every object has', { op: 'missing', column: '__proto__' }, 'where.column', /is "__proto__"/],
    ['on a column that is no text', { op: 'missing', column: ['price'] }, 'where.column', /is a list of 1/],
    ['with an unknown comparison', compare('price', '=', 1), 'where.is', /is "=": want one of < <= == != >= >/],
    ['that orders texts', compare('topic', '<', 'a'), 'where.is', /is "<": want one of == != for .* kind category/],
    ['that orders flags', compare('seen', '>=', true), 'where.is', /want one of == !=/],
    [
      'that ranges over texts',
      { op: 'between', column: 'topic', from: 1, to: 2 },
      'where.column',
      /wants .* kind number/
    ],
    ['that lists flags', { op: 'in', column: 'seen', values: [true] }, 'where.column', /kind number or category/],
    ['with a number as a text', compare('price', '<', '1'), 'where.value', /is "1": want a finite number/],
    ['with a text as a number', compare('topic', '==', 1), 'where.value', /is 1: want a text/],
    ['with a flag as a number', compare('seen', '==', 1), 'where.value', /is 1: want true or false/],
    ['with no number', compare('price', '<', NaN), 'where.value', /is NaN/],
    [
      'with an end that is not finite',
      JSON.parse('{"op":"between","column":"price","from":0,"to":1e999}'),
      'where.to',
      /is Infinity/
    ],
    ['with values that are no list', { op: 'in', column: 'price', values: 3 }, 'where.values', /is 3: want a list/],
    ['with a wrong value in a list', { op: 'in', column: 'topic', values: ['a', null] }, 'where.values[1]', /is null/],
    [
      'with a hole in a list',
      { op: 'in', column: 'price', values: new Array<number>(1) },
      'where.values[0]',
      /undefined/
    ],
    [
      'one level too deep',
      nested(MAX_FILTER_DEPTH + 1),
      `where${'.of[0]'.repeat(MAX_FILTER_DEPTH)}`,
      /level 33: want at most 32/
    ]
  ])('%s', (_name, json, field, message) => {
    expect(filterProblems(json, COLUMNS)).toEqual([{ field, message: expect.stringMatching(message) as string }]);
    expect(() => parseFilter(json, COLUMNS)).toThrow(message);
  });

  test('with own keys of the names that objects inherit', () => {
    const json: unknown = JSON.parse('{"op": "missing", "column": "price", "__proto__": {"column": "topic"}}');
    expect(filterProblems(json, COLUMNS)).toEqual([
      { field: 'where', message: 'has the key "__proto__": want only op, column' }
    ]);
    expect(fieldsOf(Object.create(MISSING))).toEqual(['where.op']);
  });

  test('with every problem in one go, each with its place, in the order of the JSON', () => {
    const json = {
      op: 'and',
      of: [
        { op: 'or', of: [compare('price', '~', 'x'), MISSING] },
        { op: 'not', of: [compare('seen', '==', 'yes')] },
        { op: 'in', column: 'price', values: [1, 'b', 2, Infinity] },
        7
      ]
    };
    const want = [
      'where.of[0].of[0].is',
      'where.of[0].of[0].value',
      'where.of[1].of[0].value',
      'where.of[2].values[1]',
      'where.of[2].values[3]',
      'where.of[3]'
    ];
    expect(fieldsOf(json)).toEqual(want);
    expect(() => parseFilter(json, COLUMNS)).toThrow(RangeError);
    const lines = () => parseFilter(json, COLUMNS);
    for (const field of want) expect(lines).toThrow(`\n  ${field}: is `);
  });
});

describe('what is hostile costs little', () => {
  test('a tree of a million levels', () => {
    expect(fieldsOf(nested(1_000_000))).toEqual([`where${'.of[0]'.repeat(MAX_FILTER_DEPTH)}`]);
  });

  test('a tree that contains itself', () => {
    const json: { op: string; of: unknown[] } = { op: 'and', of: [] };
    json.of.push(json, json);
    expect(filterProblems(json, COLUMNS).length).toBeLessThanOrEqual(MAX_PROBLEMS);
  });

  test('a million parts, right or wrong', () => {
    expect(fieldsOf(orOf(new Array(1_000_000).fill(MISSING)))).toEqual([`where.of[${MAX_FILTER_PARTS - 1}]`]);
    expect(fieldsOf(orOf(new Array(1_000_000).fill(0))).length).toBe(MAX_PROBLEMS);
  });

  test('more values than allowed, in one list or in several', () => {
    const many = (length: number) => ({ op: 'in', column: 'price', values: new Array(length).fill('wrong') });
    expect(fieldsOf(many(MAX_FILTER_VALUES + 1))).toEqual(['where.values']);
    expect(fieldsOf(many(MAX_FILTER_VALUES)).length).toBe(MAX_PROBLEMS);
    const right = { op: 'in', column: 'price', values: new Array(MAX_FILTER_VALUES).fill(1) };
    expect(fieldsOf(orOf([right, { op: 'in', column: 'price', values: [1] }]))).toEqual(['where.of[1].values']);
  });

  test('long texts and thousands of columns are shown in part', () => {
    const columns = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`c${index}`, 'flag' as const]));
    const [problem] = filterProblems({ op: 'missing', column: 'x'.repeat(1e6) }, columns);
    expect(problem?.message.length).toBeLessThan(200);
    expect(problem?.message).toMatch(/"c9" and 4990 more$/);
    expect(filterProblems(MISSING, {})[0]?.message).toMatch(/there are no columns/);
  });

  test('any JSON at all gives problems or none, and never an error', () => {
    const leaf = fc.oneof(fc.constantFrom('price', 'topic', '==', '__proto__', 'in', 1, true, null), fc.double());
    const key = fc.constantFrom('op', 'of', 'column', 'is', 'value', 'values', 'from', 'to', '__proto__');
    const { tree } = fc.letrec<{ tree: unknown }>(tie => ({
      tree: fc.oneof({ maxDepth: 5 }, leaf, fc.array(tie('tree'), { maxLength: 4 }), fc.dictionary(key, tie('tree')))
    }));
    fc.assert(
      fc.property(tree, fc.constantFrom('and', 'not', 'compare', 'in', 'between', 'missing'), (json, op) => {
        const dressed = typeof json === 'object' && json !== null && !Array.isArray(json) ? { ...json, op } : json;
        const problems = filterProblems(dressed, COLUMNS);
        for (const { field, message } of problems)
          expect([field.slice(0, 5), message]).toEqual(['where', expect.any(String)]);
      })
    );
  });
});

function compare(column: string, is: string, value: unknown) {
  return { op: 'compare', column, is, value };
}

function orOf(of: unknown[]) {
  return { op: 'or', of };
}
