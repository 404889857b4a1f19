import fc from 'fast-check';
import { varint } from './varint.js';

/** The obvious twin: the sum of seven bits each, read as 64 bits with sign. */
const decode = (bytes: Uint8Array) =>
  BigInt.asIntN(
    64,
    Array.from(bytes).reduce((sum, byte, index) => sum + BigInt(byte % 128) * 128n ** BigInt(index), 0n)
  );

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('varint', () => {
  test.each([
    [0, '00'],
    [-0, '00'],
    [127, '7f'],
    [128, '8001'],
    [2 ** 32, '8080808010'],
    [2 ** 53 - 1, 'ffffffffffffff0f'],
    [2n ** 63n - 1n, 'ffffffffffffffff7f'],
    [-1, 'ffffffffffffffffff01'],
    [-(2n ** 63n), '80808080808080808001']
  ])('writes %s as %s, as other readers of Protocol Buffers expect', (value, want) => {
    expect(hex(varint(value))).toBe(want);
  });

  test.each([0.5, NaN, Infinity, 2 ** 53, -(2 ** 53), 2n ** 63n, -(2n ** 63n) - 1n])(
    'refuses %s instead of writing another number',
    value => {
      expect(() => varint(value)).toThrow(RangeError);
    }
  );

  test('no int64 comes back as another one', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), value => {
        expect(decode(varint(value))).toBe(value);
      })
    );
  });

  test('a number is written as the bigint that equals it, and only its last byte has the top bit clear', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), value => {
        const bytes = varint(value);
        expect(bytes).toEqual(varint(BigInt(value)));
        expect(bytes.findIndex(byte => byte < 128)).toBe(bytes.length - 1);
      })
    );
  });
});
