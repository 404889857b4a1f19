import fc from 'fast-check';
import { sortingNetwork } from './sorting-network.js';

/** Larger numbers first, as the rows of a tile. */
function sorted(numbers: readonly number[]): number[] {
  const list = [...numbers];
  for (const [upper, lower] of sortingNetwork(list.length)) {
    const [one, other] = [list[upper] as number, list[lower] as number];
    list[upper] = Math.max(one, other);
    list[lower] = Math.min(one, other);
  }
  return list;
}

describe('sortingNetwork', () => {
  test('every list of zeros and ones up to a length of 14 ends up in order, and so every list does', () => {
    for (let length = 1; length <= 14; length += 1) {
      for (let bits = 0; bits < 2 ** length; bits += 1) {
        const list = Array.from({ length }, (_, place) => (bits >> place) & 1);
        const ones = list.reduce((sum, each) => sum + each, 0);
        if (sorted(list).lastIndexOf(1) !== ones - 1) throw new Error(`not in order: ${list.join('')}`);
      }
    }
  });

  test('long lists, with equal numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 15, maxLength: 70 }), numbers => {
        expect(sorted(numbers)).toEqual([...numbers].sort((a, b) => b - a));
      })
    );
  });

  test('takes no more pairs than Batcher’s, so that 10 columns are some 60 operators on rows', () => {
    expect([1, 2, 4, 8, 16].map(length => sortingNetwork(length).length)).toEqual([0, 1, 5, 19, 63]);
    expect(sortingNetwork(10).length).toBeLessThanOrEqual(32);
  });
});
