import { codeTable, columnKinds, columnRows } from './column.js';

test('a code table has an entry for each category behind that of the missing code', () => {
  expect([...codeTable(['news', 'sport', 'news'], ['news', 'weather'])]).toEqual([0, 1, 0, 1]);
  expect([...codeTable([], ['news'])]).toEqual([0]);
});

test('columns of every kind tell their rows and kinds', () => {
  const columns = {
    price: { kind: 'number', values: Float64Array.of(1, NaN) },
    topic: { kind: 'category', codes: Int32Array.of(0, -1, 0), categories: ['news'] },
    seen: { kind: 'flag', values: Uint8Array.of(1) }
  } as const;
  expect(Object.values(columns).map(columnRows)).toEqual([2, 3, 1]);
  expect(columnKinds(columns)).toEqual({ price: 'number', topic: 'category', seen: 'flag' });
});

test('a column may be called __proto__', () => {
  const columns = Object.fromEntries([['__proto__', { kind: 'flag', values: Uint8Array.of(1) } as const]]);
  expect(Object.entries(columnKinds(columns))).toEqual([['__proto__', 'flag']]);
});
