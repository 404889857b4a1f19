import { z } from 'zod';
import { readCreate } from './create-request.js';
import { readFolder } from './folder-path.js';
import { readWith } from './read-with.js';

const USUAL = { rows: 10, dimensions: 4, metric: 'ip' };
const refused = (field: string, message: RegExp) =>
  expect.objectContaining({ code: 'invalid-input', field, message: expect.stringMatching(message) }) as Error;

describe('readCreate', () => {
  test('fills in what need not be said', () => {
    expect(readCreate(USUAL)).toEqual({ ...USUAL, name: '', hasIds: false, columns: [], device: 'auto' });
  });

  test('takes all that may be said', () => {
    const all = { ...USUAL, name: 'shop', hasIds: true, columns: [{ name: '__proto__', kind: 'flag' }], device: 'cpu' };
    expect(readCreate(all)).toEqual(all);
  });

  test.each<[string, unknown, string, RegExp]>([
    ['nothing', undefined, '', /expected object/],
    ['no rows', { ...USUAL, rows: 0 }, 'rows', /^rows: .*>=1/],
    ['half a row', { ...USUAL, rows: 0.5 }, 'rows', /^rows: .*int/],
    ['more rows than int32 counts', { ...USUAL, rows: 2 ** 31 }, 'rows', /<=2147483647/],
    ['too many dimensions', { ...USUAL, dimensions: 8193 }, 'dimensions', /<=8192/],
    ['another metric', { ...USUAL, metric: 'l1' }, 'metric', /"ip"\|"cosine"\|"l2"/],
    ['another device', { ...USUAL, device: 'tpu' }, 'device', /^device: want auto, cpu or cuda/],
    ['a column of another kind', { ...USUAL, columns: [{ name: 'a', kind: 'flag' }, { name: 'b', kind: 'date' }] }, 'columns[1].kind', /^columns\[1\].kind: /], // prettier-ignore
    ['a column without a name', { ...USUAL, columns: [{ name: '', kind: 'flag' }] }, 'columns[0].name', /name/],
    ['a column twice', { ...USUAL, columns: [{ name: 'a', kind: 'flag' }, { name: 'a', kind: 'number' }] }, 'columns', /^columns: want each name once/], // prettier-ignore
    ['something unknown', { ...USUAL, shards: 2 }, '', /"shards"/],
    ['several things at once', { rows: -1, dimensions: -1, metric: 7 }, 'rows', /\(and 2 more\)$/]
  ])('refuses %s', (_name, params, field, message) => {
    expect(() => readCreate(params)).toThrow(refused(field, message));
  });
});

describe('readWith', () => {
  const SCHEMA = z.object({ a: z.array(z.object({ b: z.number() })) });

  test('gives what it read', () => {
    expect(readWith(SCHEMA, 'x', { a: [{ b: 1 }] })).toEqual({ a: [{ b: 1 }] });
  });

  test.each<[string, unknown, string]>([
    ['where', { a: [{ b: 1 }, { b: '2' }] }, 'where.a[1].b'],
    ['', { a: [{ b: '2' }] }, 'a[0].b'],
    ['where', 7, 'where'],
    ['where[0]', {}, 'where[0].a']
  ])('within %j names the path of %j: %s', (where, value, field) => {
    expect(() => readWith(SCHEMA, where, value)).toThrow(refused(field, /^[^:]+: /));
  });
});

describe('readFolder', () => {
  test('takes an absolute path', () => {
    expect(readFolder('/data/a b')).toBe('/data/a b');
  });

  test.each([undefined, null, 7, '', 'a/b', './x', '~/x', '/x\0y', ['/x']])('refuses %j', folder => {
    expect(() => readFolder(folder)).toThrow(refused('folder', /want an absolute path/));
  });
});
