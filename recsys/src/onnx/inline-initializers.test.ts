import fc from 'fast-check';
import { float32s, int32s, int64s } from './inline-initializers.js';

const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset);

/** A NaN with its sign bit set, as 0 / 0 gives on some processors. */
const signedNaN = () => new Float64Array(BigUint64Array.of(0xfff8000000000001n).buffer)[0] ?? 0;

describe('inline initializers', () => {
  test('a list of values has one dimension, and the shape [] makes one value a scalar', () => {
    expect(int64s('k', [1, 2])).toMatchObject({ name: 'k', type: 'int64', shape: [2] });
    expect(float32s('low', [0.5], [])).toMatchObject({ name: 'low', type: 'float32', shape: [] });
    expect(int32s('none', [])).toMatchObject({ type: 'int32', shape: [0], data: new Uint8Array(0) });
  });

  test('every value reads back from its little-endian bytes', () => {
    fc.assert(
      fc.property(fc.integer(), fc.float(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (i32, f32, i64) => {
        expect(view(int32s('a', [0, i32]).data).getInt32(4, true)).toBe(i32);
        expect(view(float32s('b', [0, f32]).data).getFloat32(4, true)).toBe(f32);
        expect(view(int64s('c', [0, i64]).data).getBigInt64(8, true)).toBe(i64);
      })
    );
  });

  test('two kinds of NaN do not make two hashes of one model', () => {
    expect(float32s('a', [signedNaN(), NaN]).data).toEqual(Uint8Array.of(0, 0, 0xc0, 0x7f, 0, 0, 0xc0, 0x7f));
  });

  test.each([
    ['a fraction as int64', () => int64s('axes', [0, 1.5]), 'axes[1] is 1.5: want safe integers'],
    ['a number that int64 cannot be sure of', () => int64s('axes', [2 ** 53]), 'axes[0] is 9007199254740992'],
    ['2^31 as int32', () => int32s('axes', [2 ** 31]), 'axes[0] is 2147483648: want integers in [-2^31, 2^31 - 1]'],
    ['1e39 as float32, which would become infinite', () => float32s('low', [1e39]), 'low[0] is 1e+39: want numbers']
  ])('refuses %s and says what would be right', (_name, call, message) => {
    expect(call).toThrow(RangeError);
    expect(call).toThrow(message);
  });
});
