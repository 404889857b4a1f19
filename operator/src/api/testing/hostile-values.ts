/**
 * For every field of a custom resource the values just outside of what its schema allows, made from the schema itself, so
 * that no field is forgotten: too long, too many, too large, of another type, left out.
 */
import { nodesOf, type SchemaNode } from '../schema/nodes-of.js';
import type { StructuralSchema } from '../schema/structural.js';

export interface HostileValue {
  /** As `nodesOf` has it. */
  readonly path: string;
  /** Undefined: the field is left out. */
  readonly value: unknown;
  /** What the API server says about it. */
  readonly want: RegExp;
}

const MANY = 100_000;

export function hostileValues(root: StructuralSchema, below: 'spec' | 'status'): HostileValue[] {
  return nodesOf(root)
    .filter(({ path }) => path === below || path.startsWith(`${below}.`))
    .flatMap(valuesOf);
}

function valuesOf({ path, schema, isRequired }: SchemaNode): HostileValue[] {
  const values: (readonly [unknown, RegExp])[] = [
    ...bounds(schema),
    ...wrongTypes(schema).map(value => [value, /must be of type/] as const),
    ...(isRequired ? [[undefined, /Required value/] as const] : [])
  ];
  return values.map(([value, want]) => ({ path, value, want }));
}

function bounds(schema: StructuralSchema): (readonly [unknown, RegExp])[] {
  const { maxLength, minLength = 0, pattern, minimum, maximum, maxItems, maxProperties } = schema;
  return [
    ...(maxLength === undefined ? [] : [['a'.repeat(maxLength + 1), /Too long/] as const]),
    ...(minLength === 0 ? [] : [['', /at least 1 chars long|should match/] as const]),
    ...(pattern === undefined ? [] : [['\u0000', /should match/] as const]),
    ...(schema.enum === undefined ? [] : [['Other', /Unsupported value/] as const, ['', /Unsupported value/] as const]),
    ...(minimum === undefined ? [] : [[minimum - 1, /greater than or equal/] as const]),
    ...(maximum === undefined ? [] : [[maximum + 1, /less than or equal/] as const]),
    ...(maxItems === undefined ? [] : [[Array(maxItems + 1).fill({}), /Too many/] as const]),
    ...(maxProperties === undefined ? [] : [[manyEntries(schema), /Too many/] as const])
  ];
}

function manyEntries({ additionalProperties }: StructuralSchema): Record<string, unknown> {
  const value = additionalProperties?.type === 'integer' ? 1 : 'a';
  return Object.fromEntries(Array.from({ length: MANY }, (_, index) => [`a${index}`, value]));
}

function wrongTypes({ type }: StructuralSchema): unknown[] {
  switch (type) {
    case 'string':
      return [1, true, {}, []];
    case 'integer':
      return ['1', 1.5, true, {}];
    case 'boolean':
      return ['true', 1, {}];
    case 'object':
      return ['a', 1, []];
    case 'array':
      return ['a', 1, { 0: 'a' }];
    default:
      return [1.5, true, {}, []]; // int or string
  }
}
