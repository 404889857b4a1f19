/** The custom resources on a real API server: what it takes, what it fills in, what it refuses and in which words. */
import { customResourceDefinition } from '../../src/api/custom-resource.js';
import { CUSTOM_RESOURCES } from '../../src/api/custom-resources.js';
import { WORKSPACE, WorkspaceSpec } from '../../src/api/workspace.js';
import { type HostileValue, hostileValues } from '../../src/api/testing/hostile-values.js';
import {
  FULL_COMPUTE_CLASS,
  FULL_ENVIRONMENT,
  FULL_STATUS,
  FULL_WORKSPACE,
  makeComputeClass,
  makeEnvironment,
  makeWorkspace,
  type Manifest
} from '../../src/api/testing/make-resource.js';
import { nodesOf } from '../../src/api/schema/nodes-of.js';
import { REFUSALS } from '../../src/api/testing/refusals.js';
import { type Conditioned } from './objects.testkit.js';
import { complaintsAbout, withControlPlane, withField } from './custom-resources.testkit.js';

jest.setTimeout(180_000);
const server = withControlPlane();

/** kubectl checks types itself, before the API server can. */
const UNCHECKED = ['--dry-run=server', '--validate=false'];
const DRY = ['create', '--dry-run=server'];
const FULL: Readonly<Record<string, Manifest>> = {
  Workspace: FULL_WORKSPACE,
  Environment: FULL_ENVIRONMENT,
  ComputeClass: FULL_COMPUTE_CLASS
};

const named = <T extends { readonly metadata: object }>(object: T, name: string): T => ({
  ...object,
  metadata: { ...object.metadata, name }
});

const replaced = async (object: Manifest): Promise<string> => {
  const { code, stderr } = await server.kubectl.try(['replace', '-f', '-'], JSON.stringify(object));
  return code === 0 ? 'taken' : stderr;
};

test('the API server takes the definitions and finds nothing wrong with them', async () => {
  expect(server.definitions).toHaveLength(CUSTOM_RESOURCES.length);
  for (const name of server.definitions) {
    const { status } = await server.kubectl.until<Conditioned>(`${name} is served`, ['crd', name], object =>
      (object.status?.conditions ?? []).some(({ type, status }) => type === 'Established' && status === 'True')
    );
    const conditions = (status?.conditions ?? []).map(({ type, status: holds }) => `${type} ${holds}`);
    expect(conditions.sort()).toEqual(['Established True', 'NamesAccepted True']);
  }
});

test('what has every field given is taken, and so is what has only those that must be', async () => {
  const least = [makeWorkspace('least'), makeEnvironment('least'), makeComputeClass('least')];
  expect(await complaintsAbout(server, DRY, [...Object.values(FULL), ...least])).toEqual(new Map());
});

test('defaults are filled in, the same as zod fills in', async () => {
  const written = makeWorkspace('defaults');
  await server.kubectl.apply([written]);
  const stored = await server.kubectl.get<Manifest>('workspace', 'defaults');
  expect(stored?.spec).toEqual(WorkspaceSpec.parse(written.spec));
});

test('every rule refuses what it is there for, names the field and says what would be right', async () => {
  const made = REFUSALS.filter(({ before }) => before === undefined);
  const isAboutName = (path: string) => path === 'metadata.name';
  const creations = made.map((each, index) => ({
    ...each,
    refused: isAboutName(each.path) ? each.refused : named(each.refused, `r-${index}`)
  }));
  const changes = REFUSALS.flatMap(({ before, ...each }, index) =>
    before === undefined
      ? []
      : [{ ...each, before: named(before, `c-${index}`), refused: named(each.refused, `c-${index}`) }]
  );
  await server.kubectl.apply(changes.map(({ before }) => before));
  const refusedOf = (cases: readonly { readonly refused: Manifest }[]) => cases.map(({ refused }) => refused);
  const complaints = new Map([
    ...(await complaintsAbout(server, DRY, refusedOf(creations))),
    ...(await complaintsAbout(server, ['replace'], refusedOf(changes)))
  ]);
  const wrong = [...creations, ...changes].filter(({ path, message, refused }) => {
    const said = complaints.get(refused.metadata.name) ?? '';
    return !(said.includes(path.replace('[]', '[0]')) && said.includes(message));
  });
  expect(wrong.map(each => ({ ...each, said: complaints.get(each.refused.metadata.name) ?? 'nothing' }))).toEqual([]);
});

test('what may change does', async () => {
  await server.kubectl.apply([makeWorkspace('changing')]);
  for (const size of ['10240Mi', '11Gi', '11Gi', '11811160064', 11811160064, '1Ti']) {
    const changed = makeWorkspace('changing', {
      environment: { name: 'other', from: 'namespace' },
      compute: { class: 'large', cpu: '0.5', memory: '1.5Gi' },
      home: { size, whenDeleted: 'Delete' },
      running: false
    });
    expect(await replaced(changed)).toBe('taken');
  }
  await server.kubectl.apply([makeEnvironment('changing', { displayName: 'One' })]);
  expect(await replaced(makeEnvironment('changing', { displayName: 'Two' }))).toBe('taken');
  expect(await replaced(makeEnvironment('changing'))).toBe('taken');
});

test('the longest name is taken', async () => {
  expect(await complaintsAbout(server, DRY, [makeWorkspace('a'.repeat(50))])).toEqual(new Map());
});

test('every field is refused just outside of its bounds, and named', async () => {
  const objects: { readonly case: HostileValue; readonly object: Manifest }[] = [];
  for (const custom of CUSTOM_RESOURCES) {
    const { schema } = customResourceDefinition(custom).spec.versions[0];
    const full = FULL[custom.resource.kind];
    if (full === undefined) throw new Error(`${custom.resource.kind} is wanted with every field given`);
    for (const hostile of hostileValues(schema.openAPIV3Schema, 'spec')) {
      const object = named(withField(full, hostile.path, hostile.value), `h-${objects.length}`);
      objects.push({ case: hostile, object });
    }
  }
  const manifests = objects.map(({ object }) => object);
  const complaints = await complaintsAbout(server, ['create', ...UNCHECKED], manifests);
  expect(notRefused(objects, complaints)).toEqual([]);
});

test('so is every field of a status', async () => {
  const { schema } = customResourceDefinition(WORKSPACE).spec.versions[0];
  const objects = hostileValues(schema.openAPIV3Schema, 'status')
    .filter(({ path }) => path !== 'status')
    .map((hostile, index) => {
      const object = { ...makeWorkspace(`s-${index}`), status: FULL_STATUS };
      return { case: hostile, object: withField(object, hostile.path, hostile.value) };
    });
  await server.kubectl.apply(objects.map(({ object }) => makeWorkspace(object.metadata.name)));
  const replace = ['replace', '--subresource=status', ...UNCHECKED];
  const manifests = objects.map(({ object }) => object);
  const complaints = await complaintsAbout(server, replace, manifests);
  expect(notRefused(objects, complaints)).toEqual([]);
});

/** The cases that were taken, or refused in other words than wanted. */
function notRefused(
  objects: readonly { readonly case: HostileValue; readonly object: Manifest }[],
  complaints: ReadonlyMap<string, string>
): object[] {
  expect(objects.length).toBeGreaterThan(0);
  return objects
    .map(({ case: { path, value, want }, object }) => ({
      at: path.replace('[]', '[0]').replace(/[*]$/, '') + (path.endsWith('*') ? '' : ': '),
      want,
      value: JSON.stringify(value ?? null).slice(0, 60),
      said: complaints.get(object.metadata.name) ?? 'nothing'
    }))
    .filter(({ at, want, said }) => !(said.includes(at) && want.test(said)));
}

test('a field that is not known is refused, and dropped where that was asked for', async () => {
  const unknown = makeWorkspace('unknown', { ownr: 'alice', home: { sise: '1Gi' } });
  const { code, stderr } = await server.kubectl.try(['create', '-f', '-'], JSON.stringify(unknown));
  expect(code).not.toBe(0);
  expect(stderr).toContain('unknown field "spec.ownr"');
  expect(stderr).toContain('unknown field "spec.home.sise"');
  await server.kubectl.run(['create', '--validate=ignore', '-f', '-'], JSON.stringify(unknown));
  const stored = await server.kubectl.get<Manifest>('workspace', 'unknown');
  expect(stored?.spec).toEqual(WorkspaceSpec.parse(makeWorkspace('unknown').spec));
});

test('a status is written as such only, and does not change what is wanted', async () => {
  const both = { ...makeWorkspace('status'), status: FULL_STATUS };
  await server.kubectl.run(['create', '-f', '-'], JSON.stringify(both));
  expect(await server.kubectl.get('workspace', 'status')).not.toHaveProperty('status');
  const other = { ...makeWorkspace('status', { running: false }), status: FULL_STATUS };
  await server.kubectl.run(['replace', '--subresource=status', '-f', '-'], JSON.stringify(other));
  expect(await server.kubectl.get('workspace', 'status')).toMatchObject({
    metadata: { generation: 1 },
    spec: { running: true },
    status: FULL_STATUS
  });
});

test('kubectl shows what a person wants to know first', async () => {
  await server.kubectl.apply([named(FULL_WORKSPACE, 'shown'), named(FULL_ENVIRONMENT, 'shown')]);
  const status = { ...named(FULL_WORKSPACE, 'shown'), status: FULL_STATUS };
  await server.kubectl.run(['replace', '--subresource=status', '-f', '-'], JSON.stringify(status));
  const table = async (...args: string[]) =>
    (await server.kubectl.run(['get', ...args]))
      .trim()
      .split('\n')
      .map(line => line.split(/ {2,}/));
  const [header, row] = await table('bws', 'shown');
  expect(header).toEqual(['NAME', 'PHASE', 'OWNER', 'ENVIRONMENT', 'REASON', 'AGE']);
  expect(row?.slice(0, 5)).toEqual(['shown', 'Running', 'alice', 'python', 'Serving']);
  const [wide, wideRow] = await table('bws', 'shown', '-o', 'wide');
  expect(wide).toEqual(['NAME', 'PHASE', 'OWNER', 'ENVIRONMENT', 'CLASS', 'REASON', 'NODE', 'AGE']);
  expect(wideRow?.slice(4, 7)).toEqual(['small', 'Serving', 'node1']);
  const [environment] = await table('benv', 'shown');
  expect(environment).toEqual(['NAME', 'IMAGE', 'DISPLAY NAME', 'AGE']);
  expect(await server.kubectl.run(['get', 'berth', '-o', 'name'])).toContain('workspace.berth.dev/shown');
  expect((await server.kubectl.try(['get', 'bcc'])).code).toBe(0);
});

test('kubectl explains every field', async () => {
  for (const custom of CUSTOM_RESOURCES) {
    const { schema } = customResourceDefinition(custom).spec.versions[0];
    const nodes = nodesOf(schema.openAPIV3Schema).filter(({ path }) => /^(spec|status)/.test(path));
    for (const { path, schema: holder } of nodes.filter(node => node.schema.properties !== undefined)) {
      const at = `${custom.resource.kind.toLowerCase()}.${path.replaceAll('[]', '')}`;
      const text = (await server.kubectl.run(['explain', at])).replaceAll(/\s+/g, ' ');
      for (const { description } of Object.values(holder.properties ?? {})) expect(text).toContain(description);
    }
  }
});
