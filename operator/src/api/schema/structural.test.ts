import { z } from 'zod';
import { bytesQuantity } from './quantity.js';
import { neverChanges, RULES, withRules } from './rule.js';
import { structuralSchema } from './structural.js';

const text = () => z.string().max(9).describe('Text.');

interface RefusedCase {
  readonly name: string;
  readonly schema: () => z.ZodType;
  readonly want: RegExp;
}

const recursive: z.ZodType = z.strictObject({
  get child() {
    return recursive.optional();
  }
});

const REFUSED: readonly RefusedCase[] = [
  { name: 'a union', schema: () => z.union([z.string().max(9), z.boolean()]), want: /want one of string/ },
  {
    name: 'a discriminated union',
    schema: () => z.discriminatedUnion('a', [z.object({ a: z.enum(['b']) })]),
    want: /want one of string/
  },
  { name: 'an intersection', schema: () => z.intersection(z.object({}), z.object({})), want: /zod's intersection/ },
  { name: 'null', schema: () => z.null(), want: /zod's null/ },
  { name: 'a field that may be null', schema: () => z.string().max(9).nullable(), want: /zod's nullable/ },
  {
    name: 'a reference',
    schema: () => z.string().max(9).meta({ id: 'named' }).describe('A.'),
    want: /field: a reference/
  },
  { name: 'a schema that holds itself', schema: () => recursive, want: /a reference/ },
  { name: 'a lazy schema', schema: () => z.lazy(() => text()), want: /zod's lazy/ },
  { name: 'anything', schema: () => z.any(), want: /zod's any/ },
  { name: 'the unknown', schema: () => z.unknown(), want: /zod's unknown/ },
  { name: 'a literal', schema: () => z.literal('a'), want: /zod's literal/ },
  { name: 'a tuple', schema: () => z.tuple([text()]), want: /zod's tuple/ },
  { name: 'a date', schema: () => z.date(), want: /zod's date/ },
  { name: 'a number with fractions', schema: () => z.number().describe('A.'), want: /want one of string/ },
  { name: 'a bound that is excluded', schema: () => z.int().positive().describe('A.'), want: /exclusiveMinimum/ },
  { name: 'a multiple', schema: () => z.int().multipleOf(2).describe('A.'), want: /multipleOf/ },
  { name: 'text without a longest', schema: () => z.string().describe('A.'), want: /maxLength is wanted/ },
  { name: 'a format of zod', schema: () => z.email().max(9).describe('A.'), want: /format is not structural/ },
  { name: 'two patterns', schema: () => z.string().max(9).regex(/a/).regex(/b/).describe('A.'), want: /allOf/ },
  { name: 'a pattern with flags', schema: () => z.string().max(9).regex(/a/i).describe('A.'), want: /no flags/ },
  { name: 'a list without a longest', schema: () => z.array(text()).describe('A.'), want: /maxItems is wanted/ },
  { name: 'a list without a type', schema: () => z.array(text()).max(2).describe('A.'), want: /list-type is wanted/ },
  { name: 'a map without a largest', schema: () => z.record(z.string(), text()).describe('A.'), want: /maxProperties/ },
  {
    name: 'a map with keys of a kind',
    schema: () => z.record(z.string().max(3), text()).meta({ maxProperties: 3 }).describe('A.'),
    want: /keys of a map/
  },
  { name: 'an object that drops fields', schema: () => z.object({ a: text() }).describe('A.'), want: /additionalProp/ },
  { name: 'an object with others', schema: () => z.looseObject({ a: text() }).describe('A.'), want: /zod's unknown/ },
  {
    name: 'an object that is a map too',
    schema: () => z.object({ a: text() }).catchall(text()).describe('A.'),
    want: /but its own/
  },
  { name: 'no description', schema: () => z.boolean(), want: /a description is wanted/ },
  { name: 'a refinement', schema: () => text().refine(() => true), want: /as a rule in CEL/ },
  { name: 'a text that is trimmed', schema: () => z.string().max(9).trim().describe('A.'), want: /as a rule in CEL/ },
  { name: 'a transform', schema: () => text().transform(value => value.length), want: /zod's (pipe|transform)/ },
  { name: 'a fallback for bad values', schema: () => text().catch('a'), want: /zod's catch/ },
  { name: 'a converted value', schema: () => z.coerce.boolean().describe('A.'), want: /converts/ }
];

test.each(REFUSED)('$name is refused, and the field is named', ({ schema, want }) => {
  const convert = () => structuralSchema(z.strictObject({ field: schema() }).describe('A.'), 'spec');
  expect(convert).toThrow(want);
  expect(convert).toThrow(/spec/);
});

test('what is structural becomes what the API server wants', () => {
  const rule = neverChanges('the size');
  const schema = z
    .strictObject({
      kind: z.enum(['Large', 'Small']).default('Small').describe('Which kind.'),
      size: withRules(bytesQuantity(), rule).describe('How large.'),
      count: z.int().min(1).max(8).optional().describe('How many.'),
      names: z.array(text()).max(4).meta({ 'x-kubernetes-list-type': 'set' }).optional().describe('Names.'),
      labels: z.record(z.string(), text()).meta({ maxProperties: 2 }).optional().describe('Labels.'),
      nested: z
        .strictObject({ on: z.boolean().default(true).describe('Whether.') })
        .prefault({})
        .describe('More.')
    })
    .describe('All of it.');
  expect(structuralSchema(schema, 'spec')).toEqual({
    type: 'object',
    description: 'All of it.',
    required: ['size'],
    properties: {
      kind: { type: 'string', enum: ['Large', 'Small'], default: 'Small', description: 'Which kind.' },
      size: {
        'x-kubernetes-int-or-string': true,
        maxLength: 20,
        description: 'How large.',
        [RULES]: [{ rule: expect.stringMatching(/^string\(self\)[.]matches/), message: expect.any(String) }, rule]
      },
      count: { type: 'integer', format: 'int64', minimum: 1, maximum: 8, description: 'How many.' },
      names: {
        type: 'array',
        items: { type: 'string', maxLength: 9, description: 'Text.' },
        maxItems: 4,
        'x-kubernetes-list-type': 'set',
        description: 'Names.'
      },
      labels: {
        type: 'object',
        additionalProperties: { type: 'string', maxLength: 9, description: 'Text.' },
        maxProperties: 2,
        description: 'Labels.'
      },
      nested: {
        type: 'object',
        properties: { on: { type: 'boolean', default: true, description: 'Whether.' } },
        default: {},
        description: 'More.'
      }
    }
  });
});

test('a rule is added to those that a schema has', () => {
  const [first, second] = [neverChanges('one'), neverChanges('two')];
  expect(withRules(withRules(text(), first), second).meta()).toMatchObject({ [RULES]: [first, second] });
});
