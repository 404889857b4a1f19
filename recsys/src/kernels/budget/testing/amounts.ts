import fc from 'fast-check';

/**
 * Numbers of every size in a range: most of them evenly, some of any magnitude. `fc.double` alone draws each exponent as often as
 * another, so hardly a number that is not almost 0.
 */
export function amount(min: number, max: number): fc.Arbitrary<number> {
  const steps = 2 ** 20;
  return fc.oneof(
    { weight: 4, arbitrary: fc.nat(steps).map(step => min + ((max - min) * step) / steps) },
    { weight: 1, arbitrary: fc.double({ min, max, noNaN: true }) }
  );
}
