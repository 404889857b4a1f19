/** A schema as a list: what the reference page and the tests go through. */
import type { StructuralSchema } from './structural.js';

export interface SchemaNode {
  /** From the object down, as `spec.tolerations[].key`; the values of a map are `*`; the object itself is the empty path. */
  readonly path: string;
  readonly schema: StructuralSchema;
  /** Whether it must be given where what it is in is given. */
  readonly isRequired: boolean;
}

/** The schema and everything in it, outermost first. */
export function nodesOf(schema: StructuralSchema, path = '', isRequired = true): SchemaNode[] {
  const { properties = {}, required = [], items, additionalProperties } = schema;
  const below = (name: string) => (path === '' ? name : `${path}.${name}`);
  return [
    { path, schema, isRequired },
    ...Object.entries(properties).flatMap(([name, field]) => nodesOf(field, below(name), required.includes(name))),
    ...(items === undefined ? [] : nodesOf(items, `${path}[]`, false)),
    ...(additionalProperties === undefined ? [] : nodesOf(additionalProperties, below('*'), false))
  ];
}
