import fc from 'fast-check';
import { keepLargest } from './keep-largest.js';
import { amount } from '../testing/amounts.js';

test('the greatest come first, each with its tag, and what is outside the range stays', () => {
  const keys = fc.array(fc.oneof(fc.constantFrom(0, 1, 2), amount(-5, 5)), { maxLength: 300 });
  fc.assert(
    fc.property(keys, fc.nat(300), fc.nat(5), (drawn, count, before) => {
      // So that 0 and -0, which are equal, are one.
      const list = drawn.map(key => key + 0);
      const from = Math.min(before, list.length);
      const sorted = Float64Array.from(list);
      const tags = Int32Array.from(list, (_, at) => at);
      keepLargest(sorted, tags, from, list.length, count);
      const kept = Math.min(count, list.length - from);
      const want = list.slice(from).sort((one, other) => other - one);
      const front = [...sorted.subarray(from, from + kept)].sort((one, other) => other - one);
      expect(front).toEqual(want.slice(0, kept));
      expect([...sorted.subarray(0, from)]).toEqual(list.slice(0, from));
      expect([...tags].sort((one, other) => one - other)).toEqual(list.map((_, at) => at));
      for (const [at, tag] of tags.entries()) expect(sorted[at]).toBe(list[tag]);
    }),
    { numRuns: 500 }
  );
});
