import fc from 'fast-check';
import { sampleOf } from './sample-people.js';
import { amount } from '../testing/amounts.js';

const PEOPLE = 100_000;

test.each([1, 2, 3])('with seed %i, a sample has about as many people as it should', seed => {
  for (const share of [0.001, 0.01, 0.125, 0.5, 0.99]) {
    const { length } = sampleOf(PEOPLE, share, seed);
    // Six standard deviations: a hash that is no even one is further off.
    expect(Math.abs(length - share * PEOPLE)).toBeLessThan(6 * Math.sqrt(share * (1 - share) * PEOPLE) + 1);
  }
});

test('nobody is in a smaller sample who is not in a larger, nor twice, nor out of order', () => {
  const share = amount(0, 1);
  fc.assert(
    fc.property(fc.nat(2000), share, share, fc.integer(), (people, one, other, seed) => {
      const small = sampleOf(people, Math.min(one, other), seed);
      const large = new Set(sampleOf(people, Math.max(one, other), seed));
      expect([...small].filter(person => !large.has(person))).toEqual([]);
      expect([...small]).toEqual([...new Set(small)].sort((a, b) => a - b));
      for (const person of small) expect(person).toBeLessThan(people);
    })
  );
});

test('everybody is in the sample of all, nobody in that of none', () => {
  expect([...sampleOf(5, 1, 7)]).toEqual([0, 1, 2, 3, 4]);
  expect([...sampleOf(5, 0, 7)]).toEqual([]);
});

test('another seed draws other people', () => {
  const one = new Set(sampleOf(PEOPLE, 0.1, 1));
  const both = sampleOf(PEOPLE, 0.1, 2).filter(person => one.has(person)).length;
  expect(both).toBeGreaterThan(700);
  expect(both).toBeLessThan(1300);
});
