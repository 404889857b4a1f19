import { MAX_PROBLEMS, ProblemList, shown } from './problem-list.js';

describe('ProblemList', () => {
  test('names the keys that are missing and those that are too many', () => {
    const list = new ProblemList();
    expect(list.wantKeys('where', { op: 1, valeu: 2 }, ['op', 'value'])).toBe(false);
    expect(list.problems).toEqual([
      { field: 'where.value', message: 'is missing: want it given' },
      { field: 'where', message: 'has the key "valeu": want only op, value' }
    ]);
  });

  test('counts only keys of its own', () => {
    const list = new ProblemList();
    expect(list.wantKeys('where', Object.create({ op: 1 }) as object, ['op'])).toBe(false);
    expect(list.wantKeys('where', { op: 1 }, ['op'])).toBe(true);
  });

  test('stops at its limit, so that an answer is never as long as what was sent', () => {
    const list = new ProblemList();
    const keys = Object.fromEntries(Array.from({ length: 10 * MAX_PROBLEMS }, (_, index) => [`k${index}`, 0]));
    expect(list.wantKeys('where', keys, [])).toBe(false);
    list.want('where', 1, 'nothing');
    expect(list.full).toBe(true);
    expect(list.problems.length).toBe(MAX_PROBLEMS);
  });
});

test.each([
  ['a text', '"a text"'],
  ['x'.repeat(41), `"${'x'.repeat(40)}"…`],
  [[1, [2]], 'a list of 2'],
  [{ a: 1 }, 'an object'],
  [null, 'null'],
  [undefined, 'undefined'],
  [-0.5, '-0.5'],
  [12n, '12'],
  [() => 0, 'a function'],
  [Symbol('s'), 'a symbol']
])('%p is shown as %s', (value, want) => expect(shown(value)).toBe(want));
