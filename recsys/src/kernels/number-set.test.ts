import fc from 'fast-check';
import { memberLoop, numberSet } from './number-set.js';

const isMember = (values: Float64Array, members: readonly number[]): number[] => {
  const out = { bytes: new Uint8Array(values.length), words: new Int32Array() };
  memberLoop({ values, words: new Int32Array(values.buffer), slots: numberSet(members) }, 0, values.length, out);
  return [...out.bytes];
};

describe('numberSet', () => {
  test('contains what a list contains', () => {
    const number = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.double({ noNaN: true, noDefaultInfinity: true }));
    fc.assert(
      fc.property(fc.array(number, { maxLength: 60 }), fc.array(number), (members, others) => {
        const values = Float64Array.from([...others, ...members]);
        const want = [...values].map(value => Number(members.some(member => member === value)));
        expect(isMember(values, members)).toEqual(want);
      })
    );
  });

  test('takes 0 and -0 for one number, and NaN for none, member or not', () => {
    expect(isMember(Float64Array.of(0, -0, NaN, 1), [-0])).toEqual([1, 1, 0, 0]);
    expect(isMember(Float64Array.of(NaN, 0), [])).toEqual([0, 0]);
    const many = Array.from({ length: 1000 }, (_, index) => index + 1);
    expect(isMember(Float64Array.of(0, -0), [...many, -0])).toEqual([1, 1]);
    expect(isMember(Float64Array.of(0, -0), [...many, 0])).toEqual([1, 1]);
  });

  test('keeps a free slot however many values there are', () => {
    for (let count = 0; count < 40; count += 1) {
      const slots = numberSet(Array.from({ length: count }, (_, index) => index));
      expect(slots.filter(Number.isNaN).length).toBeGreaterThanOrEqual(slots.length / 2);
    }
  });

  test('refuses values that are not finite', () =>
    expect(() => numberSet([1, Infinity])).toThrow(/values\[1\] is Infinity/));
});
