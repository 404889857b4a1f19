import { customResourceDefinition } from './custom-resource.js';
import { CUSTOM_RESOURCES } from './custom-resources.js';
import { MAX_WORKSPACE_NAME_LENGTH, childName } from './names.js';
import { referencePage } from './reference-page.js';
import { nodesOf } from './schema/nodes-of.js';
import { makeComputeClass, makeEnvironment, makeWorkspace } from './testing/make-resource.js';
import { REFUSALS } from './testing/refusals.js';
import { ComputeClassSpec } from './compute-class.js';
import { EnvironmentSpec } from './environment.js';
import { WorkspaceSpec } from './workspace.js';

const rootOf = (custom: (typeof CUSTOM_RESOURCES)[number]) =>
  customResourceDefinition(custom).spec.versions[0].schema.openAPIV3Schema;

test('every rule has something that it refuses, and nothing else is said to be refused', () => {
  const rules = CUSTOM_RESOURCES.flatMap(custom =>
    nodesOf(rootOf(custom)).flatMap(({ path, schema }) =>
      (schema['x-kubernetes-validations'] ?? []).map(({ message, fieldPath = '' }) => {
        return `${custom.resource.kind} ${`${path}${fieldPath}`.replace(/^[.]/, '')}: ${message}`;
      })
    )
  );
  const refused = REFUSALS.map(({ path, message, refused: { kind } }) => `${kind} ${path}: ${message}`);
  expect(new Set(refused)).toEqual(new Set(rules));
});

test('what is read has every default filled in', () => {
  expect(WorkspaceSpec.parse(makeWorkspace('a').spec)).toEqual({
    owner: 'alice',
    environment: { name: 'python', from: 'catalogue' },
    compute: { cpu: '1', memory: '2Gi' },
    home: { size: '10Gi', accessMode: 'ReadWriteOnce', whenDeleted: 'Keep' },
    running: true
  });
  expect(ComputeClassSpec.parse(makeComputeClass('a', { tolerations: [{ key: 'gpu' }] }).spec)).toEqual({
    resources: {},
    tolerations: [{ key: 'gpu', operator: 'Equal' }]
  });
});

test.each([
  ['localhost/berth/base', true],
  ['registry.example:5000/a/b_c/d--e:V1.2_3', true],
  ['python', true],
  ['python:3', true],
  ['', false],
  ['Registry/Name', false],
  ['a//b', false],
  ['a b', false],
  ['https://registry.example/a', false],
  ['a/b:', false],
  ['a/b@sha256:x', false]
])('an image %p by digest: %p', (name, want) => {
  const { image } = makeEnvironment('a').spec as { readonly image: string };
  const digest = image.slice(image.indexOf('@'));
  expect(EnvironmentSpec.safeParse({ image: `${name}${digest}` }).success).toBe(want);
  for (const bad of ['', '@sha256:', digest.slice(0, -1), digest.toUpperCase(), `${digest}0`, `${digest}\n`]) {
    expect(EnvironmentSpec.safeParse({ image: `${name}${bad}` }).success).toBe(false);
  }
});

test('what a person may write is refused where a field is not known', () => {
  expect(WorkspaceSpec.safeParse(makeWorkspace('a', { ownr: 'alice' }).spec).success).toBe(false);
});

test('the name of a child of the longest workspace name is a DNS label', () => {
  expect(childName('a'.repeat(MAX_WORKSPACE_NAME_LENGTH)).length).toBeLessThanOrEqual(63);
});

test('the definitions are not taken for templates by Helm, and stay when the chart goes', () => {
  for (const custom of CUSTOM_RESOURCES) {
    const definition = customResourceDefinition(custom);
    expect(JSON.stringify(definition)).not.toContain('{{');
    expect(definition.metadata.annotations).toEqual({ 'helm.sh/resource-policy': 'keep' });
  }
});

test('the reference has a row for every field and a line for every rule', () => {
  const page = referencePage(CUSTOM_RESOURCES);
  for (const custom of CUSTOM_RESOURCES) {
    for (const { path, schema } of nodesOf(rootOf(custom))) {
      if (/^(spec|status)/.test(path)) expect(page).toContain(`| \`${path}\` |`);
      for (const { message } of schema['x-kubernetes-validations'] ?? []) expect(page).toContain(`: ${message}.`);
    }
  }
});
