/**
 * Turns a zod schema into the schema of a CustomResourceDefinition. zod's own JSON Schema is the engine; what is here decides
 * what may go through. The API server wants a *structural* schema: one type for every value, no references, no unions. We
 * also want a longest length for everything (the API server bounds the cost of rules by it) and a description (`kubectl
 * explain` shows it). What zod would check and the API server would not (refinements, transforms, flags of patterns) is
 * refused too: the two must not disagree about what is valid.
 */
import { z } from 'zod';
import { INT_OR_STRING } from './quantity.js';
import { type Rule, RULES } from './rule.js';

/** A structural schema in OpenAPI v3, as far as we use it. */
export interface StructuralSchema {
  readonly type?: 'string' | 'integer' | 'boolean' | 'object' | 'array';
  readonly description?: string;
  readonly format?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: StructuralSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: StructuralSchema;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly 'x-kubernetes-int-or-string'?: true;
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'map' | 'set';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-validations'?: readonly Rule[];
}

type Json = Readonly<Record<string, unknown>>;

const LIST_TYPE = 'x-kubernetes-list-type';
const LIST_KEYS = 'x-kubernetes-list-map-keys';

/** What zod calls the schemas that have a structural counterpart. */
const ZOD_TYPES = new Set([
  'string',
  'number',
  'boolean',
  'enum',
  'object',
  'record',
  'array',
  'union',
  'optional',
  'default',
  'prefault'
]);

const EVERYWHERE = ['type', 'description', 'default', RULES];

/** For each kind of value: the keywords that it may have, and those that it must have. */
const KINDS = {
  string: { may: ['minLength', 'maxLength', 'pattern'], must: ['maxLength'] },
  enum: { may: ['enum'], must: [] },
  integer: { may: ['minimum', 'maximum'], must: ['minimum', 'maximum'] },
  boolean: { may: [], must: [] },
  array: { may: ['items', 'minItems', 'maxItems', LIST_TYPE, LIST_KEYS], must: ['maxItems', LIST_TYPE] },
  object: { may: ['properties', 'required', 'additionalProperties'], must: ['additionalProperties'] },
  map: {
    may: ['propertyNames', 'additionalProperties', 'minProperties', 'maxProperties'],
    must: ['maxProperties']
  },
  intOrString: { may: [INT_OR_STRING, 'anyOf', 'maxLength'], must: ['maxLength'] }
} as const;
type Kind = keyof typeof KINDS;

/**
 * The structural schema that says the same as the zod schema.
 *
 * @throws Error that names the field, where there is none.
 */
export function structuralSchema(schema: z.ZodType, at: string): StructuralSchema {
  const {
    $schema: _draft,
    $defs: _named,
    ...json
  } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any', // refused below, with the name of the field
    override: ({ zodSchema, path }) =>
      refuseWhatIsLost(zodSchema, [at, ...path.filter(step => step !== 'properties')].join('.'))
  });
  return structural(json, at);
}

/** JSON Schema does not show these any more, so the zod schema itself is asked. */
function refuseWhatIsLost(schema: z.core.$ZodType, at: string): void {
  const { type, checks = [], coerce = false } = schema._zod.def as z.core.$ZodTypeDef & { readonly coerce?: boolean };
  if (!ZOD_TYPES.has(type)) throw new Error(`${at}: zod's ${type} has no structural counterpart`);
  if (coerce) throw new Error(`${at}: the API server converts nothing`);
  for (const check of checks) {
    const { check: name, pattern } = check._zod.def as { readonly check: string; readonly pattern?: RegExp };
    if (name === 'custom' || name === 'overwrite') {
      throw new Error(`${at}: the API server cannot do what a function does; say it as a rule in CEL`);
    }
    if (pattern !== undefined && pattern.flags !== '') throw new Error(`${at}: a pattern has no flags`);
  }
}

function structural(json: Json, at: string): StructuralSchema {
  const kind = kindOf(json, at);
  const { may, must } = KINDS[kind];
  const known = new Set<string>([...EVERYWHERE, ...may]);
  for (const keyword of Object.keys(json)) {
    if (!known.has(keyword)) throw new Error(`${at}: ${keyword} is not structural here`);
  }
  for (const keyword of must) {
    if (json[keyword] === undefined) throw new Error(`${at}: ${keyword} is wanted`);
  }
  if (json['description'] === undefined) throw new Error(`${at}: a description is wanted`);
  return { ...(json as StructuralSchema), ...MAPPED[kind](json, at) };
}

function kindOf(json: Json, at: string): Kind {
  if (json[INT_OR_STRING] === true) return 'intOrString';
  const { type, $ref } = json;
  if ($ref !== undefined) throw new Error(`${at}: a reference is not structural; say it in full`);
  if (type === 'string') return json['enum'] === undefined ? 'string' : 'enum';
  if (type === 'object') return json['propertyNames'] === undefined ? 'object' : 'map';
  if (type === 'integer' || type === 'boolean' || type === 'array') return type;
  throw new Error(`${at}: want one of string, integer, boolean, object, array`);
}

/** What is other in a structural schema than in zod's; undefined takes a keyword away. */
const MAPPED: { readonly [K in Kind]: (json: Json, at: string) => { [Key in string]?: unknown } } = {
  string: () => ({}),
  enum: () => ({}),
  integer: () => ({ format: 'int64' }),
  boolean: () => ({}),
  array: (json, at) => ({ items: structural(json['items'] as Json, `${at}[]`) }),
  object: objectSchema,
  map: mapSchema,
  intOrString: () => ({ anyOf: undefined })
};

function objectSchema(json: Json, at: string): { [Key in string]?: unknown } {
  if (json['additionalProperties'] !== false) throw new Error(`${at}: an object has no fields but its own`);
  const fields = Object.entries((json['properties'] ?? {}) as Readonly<Record<string, Json>>);
  const properties = Object.fromEntries(fields.map(([name, field]) => [name, structural(field, `${at}.${name}`)]));
  return { properties, additionalProperties: undefined };
}

function mapSchema(json: Json, at: string): { [Key in string]?: unknown } {
  if (JSON.stringify(json['propertyNames']) !== '{"type":"string"}') {
    throw new Error(`${at}: the keys of a map are any text; say more about them as a rule in CEL`);
  }
  const values = structural(json['additionalProperties'] as Json, `${at}.*`);
  return { propertyNames: undefined, additionalProperties: values };
}
