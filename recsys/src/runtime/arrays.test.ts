import fc from 'fast-check';
import { type Arrays, packArrays, readArrays } from './arrays.js';

const ALL: Arrays = {
  a: { shape: [2, 3], values: Float32Array.of(1.5, -2, NaN, Infinity, -0, 3e-40) },
  b: { shape: [2], values: Float64Array.of(Math.PI, -Infinity) },
  c: { shape: [1, 1, 3], values: Int32Array.of(-1, 2 ** 31 - 1, -(2 ** 31)) },
  d: { shape: [2], values: BigInt64Array.of(2n ** 63n - 1n, -1n) },
  e: { shape: [5], values: Uint8Array.of(0, 1, 2, 254, 255) },
  empty: { shape: [0, 128], values: new Float32Array(0) },
  scalar: { shape: [], values: Float64Array.of(7) }
};

const joined = (pieces: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(pieces));

describe('packArrays and readArrays', () => {
  test('give back what they got, of every type', () => {
    const { arrays, body } = packArrays(ALL);
    expect(readArrays(JSON.parse(JSON.stringify(arrays)), joined(body))).toEqual(ALL);
    expect(Object.values(arrays).map(({ dtype }) => dtype)).toEqual(['float32', 'float64', 'int32', 'int64', 'uint8', 'float32', 'float64']); // prettier-ignore
  });

  test('each array begins at a multiple of 64, and the body holds nothing else', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }), lists => {
        const views = Object.fromEntries(
          lists.map((values, index) => [`x${index}`, { shape: [values.length], values }])
        );
        const { arrays, body } = packArrays(views);
        expect(Object.values(arrays).every(({ offset }) => offset % 64 === 0)).toBe(true);
        expect(joined(body)).toHaveLength(lists.reduce((sum, { length }) => sum + Math.ceil(length / 64) * 64, 0));
        expect(readArrays(arrays, joined(body))).toEqual(views);
      })
    );
  });

  test('take part of a buffer for what it is', () => {
    const values = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
    const { arrays, body } = packArrays({ x: { shape: [2], values } });
    expect([...(readArrays(arrays, joined(body))['x']?.values ?? [])]).toEqual([1, 2]);
  });

  test('a body that begins anywhere in memory is read all the same', () => {
    const { arrays, body } = packArrays(ALL);
    const shifted = new Uint8Array(joined(body).length + 3);
    shifted.set(joined(body), 3);
    expect(readArrays(arrays, shifted.subarray(3))).toEqual(ALL);
  });

  test('what was read is no longer tied to the frame', () => {
    const body = new Uint8Array(64).fill(1);
    const read = readArrays({ x: { dtype: 'uint8', shape: [2], offset: 0 } }, body);
    body.fill(2);
    expect([...(read['x']?.values ?? [])]).toEqual([1, 1]);
  });

  test('names are names, whatever they are', () => {
    const described = JSON.parse('{"__proto__": {"dtype": "uint8", "shape": [1], "offset": 0}}') as unknown;
    expect(Object.keys(readArrays(described, Uint8Array.of(5)))).toEqual(['__proto__']);
    expect(readArrays({}, new Uint8Array(0))).not.toHaveProperty('polluted');
  });
});

describe('readArrays', () => {
  const BODY = new Uint8Array(64);
  const described = (change: object) => ({ x: { dtype: 'float32', shape: [2, 8], offset: 0, ...change } });

  test('without a description there are none', () => {
    expect(readArrays(undefined, BODY)).toEqual({});
  });

  test.each<[string, unknown, RegExp]>([
    ['no object', 7, /arrays is no object/],
    ['null', null, /arrays is no object/],
    ['an array that is null', { x: null }, /arrays.x.dtype is undefined/],
    [
      'an unknown dtype',
      described({ dtype: 'float16' }),
      /dtype is "float16": want one of float32, float64, int32, int64, uint8/
    ],
    ['a dtype of Object', described({ dtype: 'toString' }), /dtype is "toString"/],
    ['a shape that is no list', described({ shape: 16 }), /shape is 16: want up to three sizes/],
    ['four dimensions', described({ shape: [1, 1, 1, 1] }), /shape is \[1,1,1,1\]/],
    ['a negative size', described({ shape: [-1, -16] }), /shape is \[-1,-16\]/],
    ['half a size', described({ shape: [0.5] }), /shape is \[0.5\]/],
    ['a size that is text', described({ shape: ['2'] }), /shape is \["2"\]/],
    ['a shape beyond the body', described({ shape: [17] }), /is 68 bytes at 0: the body has 64/],
    ['a shape beyond all numbers', described({ shape: [2 ** 52, 2 ** 52, 2 ** 52] }), /the body has 64/],
    ['an offset beyond the body', described({ offset: 4 }), /is 64 bytes at 4: the body has 64/],
    ['a negative offset', described({ offset: -4, shape: [1] }), /is 4 bytes at -4/],
    ['half an offset', described({ offset: 0.5, shape: [1] }), /is 4 bytes at 0.5/],
    ['no offset', described({ offset: undefined, shape: [1] }), /is 4 bytes at undefined/]
  ])('refuses %s', (_name, arrays, message) => {
    const refused = expect.objectContaining({ code: 'invalid-input', message: expect.stringMatching(message) });
    expect(() => readArrays(arrays, BODY)).toThrow(refused);
  });

  test('takes an offset that is aligned to nothing', () => {
    const body = new Uint8Array(16);
    new DataView(body.buffer).setFloat64(3, 2.5, true);
    const read = readArrays({ x: { dtype: 'float64', shape: [1], offset: 3 } }, body);
    expect([...(read['x']?.values ?? [])]).toEqual([2.5]);
  });
});
