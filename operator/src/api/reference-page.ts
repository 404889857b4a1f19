/** The reference of the custom resources, for people. It is made from their schemas: nothing in it is written twice. */
import { type CustomResource, customResourceDefinition } from './custom-resource.js';
import { API_VERSION } from './names.js';
import { nodesOf, type SchemaNode } from './schema/nodes-of.js';
import type { StructuralSchema } from './schema/structural.js';

const INTRODUCTION = `# Custom resources

Made by \`npm run generate\` from \`operator/src/api\`. Everything is in \`${API_VERSION}\`; \`kubectl explain\` shows the same.
Fields without a mark in the column "default" must be given where what they are in is given; "–" marks those that may be left out.`;

/** The whole page, in Markdown. */
export function referencePage(resources: readonly CustomResource[]): string {
  return `${[INTRODUCTION, ...resources.map(section)].join('\n\n')}\n`;
}

function section(custom: CustomResource): string {
  const { resource, description, shortName, columns } = custom;
  const [version] = customResourceDefinition(custom).spec.versions;
  const all = nodesOf(version.schema.openAPIV3Schema);
  const fields = all.filter(({ path, schema }) => path !== '' && schema.description !== undefined);
  const refusals = all.flatMap(refusalsOf);
  return [
    `## ${resource.kind}`,
    `\`${resource.plural}\`, short \`${shortName}\`, ${resource.namespaced ? 'in a namespace' : 'of the whole cluster'}: ${description}`,
    `\`kubectl get\` shows ${columns.map(({ name }) => name.toLowerCase()).join(', ')}.`,
    ['| field | type | default | what it is |', '|---|---|---|---|', ...fields.map(row)].join('\n'),
    ['Beyond types and lengths, the API server holds objects to these rules:', '', ...refusals].join('\n')
  ].join('\n\n');
}

function row({ path, schema, isRequired }: SchemaNode): string {
  const { default: fallback } = schema;
  const filled = fallback === undefined ? (isRequired ? '' : '–') : code(JSON.stringify(fallback));
  return `| ${[code(path), typeOf(schema), filled, schema.description ?? ''].map(cell).join(' | ')} |`;
}

const code = (text: string) => `\`${text}\``;
const cell = (text: string) => text.replaceAll('|', '\\|');

function typeOf(schema: StructuralSchema): string {
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ');
  if (schema['x-kubernetes-int-or-string'] === true) return 'quantity';
  const bound = schema.maxLength ?? schema.maxItems ?? schema.maxProperties;
  const name = schema.additionalProperties === undefined ? (schema.type ?? '') : 'map';
  return bound === undefined ? name : `${name}, up to ${bound}`;
}

function refusalsOf({ path, schema }: SchemaNode): string[] {
  const rules = schema['x-kubernetes-validations'] ?? [];
  return rules.map(
    ({ fieldPath = '', message }) => `- ${code(`${path}${fieldPath}`.replace(/^[.]/, ''))}: ${message}.`
  );
}
