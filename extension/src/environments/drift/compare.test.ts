import { compare, isSameVersion } from './compare.js';

const column = (packages: Record<string, string>, python: string | null = '3.11.7') => ({
  python,
  platform: null,
  packages
});

test('only what differs has a row: Python first, then packages by name; the rest is counted', () => {
  const { rows, equal, drift } = compare({
    pin: column({ numpy: '1', pandas: '2', zarr: '3' }, '3.11.7'),
    kernel: column({ numpy: '1', pandas: '2.1', attrs: '9' }, '3.12.4'),
    outputs: []
  });
  expect(rows.map(({ name, pin, kernel }) => [name, pin, kernel])).toEqual([
    ['python', '3.11.7', '3.12.4'],
    ['attrs', null, '9'],
    ['pandas', '2', '2.1'],
    ['zarr', '3', null]
  ]);
  expect(equal).toBe(1);
  expect(drift).toHaveLength(4);
});

test('another patch release of Python is shown, but is no drift', () => {
  const { rows, drift } = compare({ pin: column({}, '3.11.7'), kernel: column({}, '3.11.9'), outputs: [] });
  expect(rows).toHaveLength(1);
  expect(drift).toEqual([]);
});

test('a pin that does not tell its Python does not differ by it', () => {
  expect(compare({ pin: column({}, null), kernel: column({}), outputs: [] }).rows).toEqual([]);
});

test('outputs of two environments show both versions', () => {
  const { rows, has } = compare({ pin: null, kernel: column({ a: '1' }), outputs: [column({ a: '1' }), column({})] });
  expect(rows[0]).toMatchObject({ name: 'a', kernel: '1', outputs: ['1', null] });
  expect(has).toEqual({ pin: false, kernel: true, outputs: true });
});

test.each([
  ['2023.07.22', '2023.7.22', true],
  ['1.0.0', '1.0.0', true],
  ['1.0_rc1', '1.0.RC1', true],
  ['1.10', '1.1', false],
  ['1.0.0', '1.0.00', true],
  ['2.5.0+cu121', '2.5.0', false]
])('%s and %s are the same version: %s', (one, other, want) => {
  expect(isSameVersion(one, other)).toBe(want);
});
