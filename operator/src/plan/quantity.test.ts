import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { quantityValue } from './quantity.js';

describe('quantityValue', () => {
  test.each<[string | number, number]>([
    [2, 2],
    ['2', 2],
    ['500m', 0.5],
    ['0.5', 0.5],
    ['.5', 0.5],
    ['5.', 5],
    ['+1', 1],
    ['-1', -1],
    ['1k', 1_000],
    ['1Ki', 1_024],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['10Gi', 10 * 2 ** 30],
    ['1e3', 1_000],
    ['1E3', 1_000],
    ['1E', 1e18],
    ['1Ei', 2 ** 60],
    ['100n', 1e-7]
  ])('%p is %p', (quantity, want) => {
    expect(quantityValue(quantity)).toBeCloseTo(want, 12);
  });

  test.each(['', ' ', 'Gi', '1gi', '1GB', '1 Gi', '1.2.3', '.', '-', '1e', '1ee3', '0x10', 'NaN', 'Infinity', '1Ki5'])(
    '%p is no quantity, and is named',
    quantity => {
      expect(() => quantityValue(quantity)).toThrow(RangeError);
      expect(() => quantityValue(quantity)).toThrow(`'${quantity}'`);
    }
  );

  test('the same amount in other words is the same, and more is more', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(100_000), (one, other) => {
        expect(quantityValue(`${one}Gi`)).toBe(quantityValue(`${one * 1_024}Mi`));
        expect(quantityValue(`${one * 1_000}m`)).toBe(quantityValue(one));
        expect(quantityValue(`${one}Mi`) < quantityValue(`${other}Mi`)).toBe(one < other);
      })
    );
  });
});
