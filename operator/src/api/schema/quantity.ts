/**
 * Amounts as Kubernetes writes them (`500m`, `2Gi`), as a whole number or text. Stricter than Kubernetes where it lets
 * mistakes through: no exponents, no thousandths of a byte, nothing at or below zero.
 */
import { z } from 'zod';
import { type Rule, withRules } from './rule.js';

/** What the API server gives back is what was written: `1` stays a number, `'1'` text. */
export type Quantity = number | string;

export const INT_OR_STRING = 'x-kubernetes-int-or-string';
const LONGEST = 20;

/** Nothing at or below zero gets through these; kept to what JavaScript and RE2 read alike. */
const WHOLE = '0*[1-9][0-9]*';
const DECIMAL = `${WHOLE}([.][0-9]{1,3})?|0+[.](00[1-9]|0[1-9][0-9]?|[1-9][0-9]{0,2})`;
const CPU = `^(${WHOLE}m|${DECIMAL})$`;
const BYTES = `^(${DECIMAL})([kMGTP]|[KMGTP]i)?$`;

/** A number of CPUs. */
export function cpuQuantity(): z.ZodType<Quantity, Quantity> {
  return quantity(
    CPU,
    'an amount of CPU is a number of cores above zero, with at most three decimals, such as 2, "0.5" or 500m'
  );
}

/** A number of bytes. */
export function bytesQuantity(): z.ZodType<Quantity, Quantity> {
  return quantity(
    BYTES,
    'an amount of memory or storage is a number of bytes above zero, with at most three decimals, such as 512Mi or 1.5Gi'
  );
}

/** Comparing what is no quantity would end the rule with an error of its own, beside the one about the value. */
export const areQuantities = (...values: readonly string[]): string =>
  values.map(value => `isQuantity(string(${value}))`).join(' && ');

/** CEL: how two fields compare, both of them quantities. */
export const compared = (left: string, comparison: '>=' | '<=', right: string): string =>
  `quantity(string(${left})).compareTo(quantity(string(${right}))) ${comparison} 0`;

/** CEL: whether a field is this amount, however it is written. */
export const isAmount = (field: string, amount: string): string =>
  `${areQuantities(field)} && quantity(string(${field})).compareTo(quantity('${amount}')) == 0`;

/** The amount is no smaller than it was; another way to write the same amount is fine. */
export function neverShrinks(what: string): Rule {
  const bothAre = areQuantities('self', 'oldSelf');
  return {
    rule: `!(${bothAre}) || ${compared('self', '>=', 'oldSelf')}`,
    message: `${what} may grow but never shrink`
  };
}

/** The rule says all that a pattern would, and says what would be right. */
function quantity(pattern: string, message: string): z.ZodType<Quantity, Quantity> {
  const schema = z
    .union([z.int().min(1), z.string().max(LONGEST).regex(new RegExp(pattern))])
    .meta({ [INT_OR_STRING]: true, maxLength: LONGEST });
  return withRules(schema, { rule: `string(self).matches('${pattern}')`, message });
}
