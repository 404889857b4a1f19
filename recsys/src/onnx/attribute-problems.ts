import type { Attribute } from './graph.js';
import { isUnicode } from './is-unicode.js';
import { tensorProblems } from './tensor-problems.js';
import { isInt64 } from './varint.js';

/**
 * What is wrong with the value of an attribute, [] if all is well. Infinities and NaN are allowed. A graph has no
 * problems here: what it may read depends on where its node stands.
 */
export function attributeProblems(attribute: Attribute): string[] {
  if ('int' in attribute) return intProblems([attribute.int]);
  if ('ints' in attribute) return intProblems(attribute.ints);
  if ('float' in attribute) return floatProblems([attribute.float]);
  if ('floats' in attribute) return floatProblems(attribute.floats);
  if ('string' in attribute)
    return isUnicode(attribute.string) ? [] : [`${JSON.stringify(attribute.string)}: want well-formed Unicode`];
  return 'tensor' in attribute ? tensorProblems(attribute.tensor) : [];
}

function intProblems(values: readonly (number | bigint)[]): string[] {
  return values.flatMap(value =>
    isInt64(value) ? [] : [`${value}: want a safe integer, or a bigint of at most 64 bits with sign`]
  );
}

function floatProblems(values: readonly number[]): string[] {
  return values.flatMap(value =>
    Number.isFinite(value) && !Number.isFinite(Math.fround(value))
      ? [`${value}: want a number that f32 can hold, or an infinity that is meant`]
      : []
  );
}
