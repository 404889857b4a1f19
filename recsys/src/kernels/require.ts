/** The checks that kernels begin with. */

export function requirePositiveInteger(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`${name} is ${value}: want a positive integer`);
}
