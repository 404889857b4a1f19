/** Kubernetes' quantities as numbers, to compare them. */

const SUFFIXES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60
};
const QUANTITY = /^([+-]?[0-9.]+)(?:([eE][+-]?[0-9]+)|([numkMGTPE]|[KMGTPE]i)?)$/;

/**
 * Cores, bytes or a count, in units of one: `500m` is 0.5, `1Gi` is 2³⁰. Exact where a double is, which serves to compare.
 * @throws RangeError if it is no quantity
 */
export function quantityValue(quantity: string | number): number {
  if (typeof quantity === 'number') return quantity;
  const [, digits = '', exponent, suffix = ''] = QUANTITY.exec(quantity) ?? [];
  const value = Number(`${digits}${exponent ?? ''}`) * (SUFFIXES[suffix] ?? NaN);
  if (digits === '' || !Number.isFinite(value))
    throw new RangeError(`'${quantity}' is no quantity, such as 500m or 2Gi`);
  return value;
}
