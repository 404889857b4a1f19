/**
 * Whom a workspace belongs to and who wrote it, as the API server has it: the policies of the chart, on a real one. The operator trusts
 * what they wrote.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Kubectl } from '../kubectl.js';
import { quietly } from '../quietly.js';
import { folderOf } from '../state.js';
import { withBerth } from '../testkit/with-berth.js';
import { TEST_CLUSTER } from '../testkit/with-cluster.js';
import { workspace, type WorkspaceObject } from './workspaces.testkit.js';

const AUTHOR = 'berth.dev/author';
const GROUPS = 'berth.dev/author-groups';
const berth = withBerth();

const create = (who: Kubectl, object: object) => who.run(['create', '-f', '-'], JSON.stringify(object));
const replace = (who: Kubectl, object: object) => who.run(['replace', '-f', '-'], JSON.stringify(object));
const patch = (who: Kubectl, name: string, change: object) =>
  who.run(['patch', 'workspace', name, '--type=merge', '-p', JSON.stringify(change)]);
const cpu = (value: string) => ({ spec: { compute: { cpu: value } } });

async function stored(name: string): Promise<WorkspaceObject> {
  const found = await berth.kubectl.get<WorkspaceObject>('workspace', name);
  if (found === undefined) throw new Error(`there is no workspace ${name}`);
  return found;
}

/** Owner, author and the author's groups. */
async function people(name: string): Promise<{ owner?: string; author?: string; groups: readonly string[] }> {
  const { metadata, spec } = await stored(name);
  const { [AUTHOR]: author, [GROUPS]: groups = '' } = metadata.annotations ?? {};
  return { ...spec, author, groups: groups.split('\n') } as never;
}

const ada = () => berth.person('ada', { groups: ['team-a'] });
const bob = () => berth.person('bob', { groups: ['team-b'] });
const BY_ADA = { owner: 'ada', author: 'ada', groups: ['team-a', 'system:authenticated'] };
const BY_BOB = { owner: 'ada', author: 'bob', groups: ['team-b', 'system:authenticated'] };

berth.test('whoever makes a workspace owns it and is its author, whatever way it is made', async () => {
  const ways: Record<string, (who: Kubectl, object: object) => Promise<unknown>> = {
    created: create,
    applied: (who, object) => who.run(['apply', '-f', '-'], JSON.stringify(object)),
    'applied-by-the-server': (who, object) => who.run(['apply', '--server-side', '-f', '-'], JSON.stringify(object))
  };
  for (const [name, make] of Object.entries(ways)) {
    await make(await ada(), workspace(name));
    expect(await people(name)).toMatchObject(BY_ADA);
  }
});

berth.test('what would be written anyway may be said', async () => {
  const annotations = { [AUTHOR]: 'ada', [GROUPS]: 'team-a\nsystem:authenticated' };
  await create(await ada(), workspace('said', { spec: { owner: 'ada' }, annotations }));
  expect(await people('said')).toMatchObject(BY_ADA);
});

const FORGED = [
  { what: 'an owner', object: { spec: { owner: 'bob' } }, wantSaid: 'spec.owner: leave it out, or say ada' },
  { what: 'an author', object: { annotations: { [AUTHOR]: 'bob' } }, wantSaid: 'annotations[berth.dev/author]' },
  { what: 'no author', object: { annotations: { [AUTHOR]: '' } }, wantSaid: 'annotations[berth.dev/author]' },
  {
    what: 'groups',
    object: { annotations: { [GROUPS]: 'team-a\nsystem:masters' } },
    wantSaid: 'annotations[berth.dev/author-groups]'
  }
];

berth.test('a workspace that says somebody else is refused, and why is said', async () => {
  const person = await ada();
  for (const { what, object, wantSaid } of FORGED) {
    const { stderr } = await person.try(['create', '-f', '-'], JSON.stringify(workspace('forged', object)));
    expect({ what, stderr }).toEqual({ what, stderr: expect.stringContaining(wantSaid) });
  }
  expect(await berth.kubectl.get('workspace', 'forged')).toBeUndefined();
});

berth.test('whoever may assign owners may make workspaces for others, in that namespace', async () => {
  const hub = `system:serviceaccount:${berth.namespace}:hub`;
  const account = await berth.person(hub);
  await expect(create(account, workspace('for-ada', { spec: { owner: 'ada' } }))).rejects.toThrow(/assignowner/);
  await berth.person(hub, { role: 'berth-workspace-owner-assigner' });
  await create(account, workspace('for-ada', { spec: { owner: 'ada' } }));
  expect(await people('for-ada')).toMatchObject({ owner: 'ada', author: hub });
  // Its rights end with the namespace.
  await berth.kubectl.run(['create', 'namespace', `${berth.namespace}-2`]);
  const elsewhere = berth.kubectl.in(`${berth.namespace}-2`);
  try {
    await elsewhere.run([
      'create',
      'rolebinding',
      'hub',
      '--clusterrole=edit',
      `--serviceaccount=${berth.namespace}:hub`
    ]);
    const refused = create(account.in(`${berth.namespace}-2`), workspace('x', { spec: { owner: 'ada' } }));
    await expect(refused).rejects.toThrow(/assignowner/);
  } finally {
    await elsewhere.run(['delete', 'namespace', `${berth.namespace}-2`, '--wait=false']);
  }
});

berth.test('whoever changes the spec is its author from then on; the owner stays', async () => {
  const ways: Record<string, (who: Kubectl, name: string) => Promise<unknown>> = {
    patched: (who, name) => patch(who, name, cpu('2')),
    applied: (who, name) =>
      who.run(['apply', '--server-side', '--force-conflicts', '-f', '-'], JSON.stringify(workspace(name, cpu('2')))),
    'read-and-replaced': async (who, name) => replace(who, { ...(await stored(name)), ...workspace(name, cpu('2')) }),
    'replaced-by-a-manifest': (who, name) => replace(who, workspace(name, cpu('2')))
  };
  for (const [name, change] of Object.entries(ways)) {
    await (await ada()).run(['apply', '--server-side', '-f', '-'], JSON.stringify(workspace(name)));
    await change(await bob(), name);
    expect(await people(name)).toMatchObject({ ...BY_BOB, compute: { cpu: '2' } });
  }
});

berth.test('whoever changes metadata alone is no author', async () => {
  await create(await ada(), workspace('labelled'));
  const person = await bob();
  await person.run(['label', 'workspace', 'labelled', 'colour=blue']);
  await person.run(['annotate', 'workspace', 'labelled', 'note=mine']);
  // What is taken away comes back.
  await person.run(['annotate', 'workspace', 'labelled', `${AUTHOR}-`, `${GROUPS}-`]);
  await replace(person, workspace('labelled', { labels: { colour: 'red' } }));
  // The same manifest once more, by somebody else, changes nothing.
  await person.run(['apply', '--server-side', '--force-conflicts', '-f', '-'], JSON.stringify(workspace('labelled')));
  expect((await stored('labelled')).metadata.labels).toMatchObject({ colour: 'red' });
  expect(await people('labelled')).toMatchObject(BY_ADA);
});

berth.test('nobody becomes an author, or makes one, by writing a name', async () => {
  await create(await ada(), workspace('guarded'));
  const person = await bob();
  const changes = [
    { metadata: { annotations: { [AUTHOR]: 'bob' } } },
    { metadata: { annotations: { [GROUPS]: 'system:masters' } } },
    { metadata: { annotations: { [AUTHOR]: 'root' } }, ...cpu('2') },
    { metadata: { annotations: { [GROUPS]: 'system:masters' } }, ...cpu('2') }
  ];
  for (const change of changes) {
    await expect(patch(person, 'guarded', change)).rejects.toThrow(/annotations\[berth.dev\/author/);
  }
  await expect(patch(person, 'guarded', { spec: { owner: 'bob' } })).rejects.toThrow(/owner/);
  await expect(patch(berth.kubectl, 'guarded', { spec: { owner: 'bob' } })).rejects.toThrow(/owner/);
  expect(await people('guarded')).toMatchObject(BY_ADA);
});

berth.test('the administrator who changes a spec is its author too', async () => {
  await create(await ada(), workspace('helped'));
  await patch(berth.kubectl, 'helped', cpu('2'));
  expect(await people('helped')).toMatchObject({
    owner: 'ada',
    author: 'admin',
    groups: ['system:masters', 'system:authenticated']
  });
});

berth.test('a group with a line break in its name writes nothing', async () => {
  const stranger = await withCertificate('mallory', 'team-m\nsystem:masters');
  await berth.person('mallory');
  await expect(create(stranger, workspace('broken'))).rejects.toThrow(/a group with a line break/);
  expect(await berth.kubectl.get('workspace', 'broken')).toBeUndefined();
});

berth.test('the garbage collector takes owners and finalizers away', async () => {
  await berth.kubectl.run(['create', 'configmap', 'parent']);
  const parent = await berth.kubectl.get<{ metadata: { uid: string } }>('configmap', 'parent');
  const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'parent', uid: parent?.metadata.uid };
  await create(await ada(), workspace('child', { ownerReferences: [reference] }));
  await berth.kubectl.run(['delete', 'configmap', 'parent', '--cascade=orphan']);
  await berth.until('it has no owner left', async () => !('ownerReferences' in (await stored('child')).metadata));
  expect(await people('child')).toMatchObject(BY_ADA);
  await (await ada()).run(['delete', 'workspace', 'child', '--cascade=foreground', '--timeout=60s']);
  expect(await berth.kubectl.get('workspace', 'child')).toBeUndefined();
});

berth.test('the status is the operator’s to write, and it becomes no author by that', async () => {
  await create(await ada(), workspace('reported'));
  const { apiVersion, kind, metadata } = workspace('reported');
  const forged = JSON.stringify({ apiVersion, kind, metadata, status: { message: 'forged' } });
  for (const who of [await ada(), await berth.person('head', { role: 'admin' })]) {
    const { stderr } = await who.try(['apply', '--server-side', '--subresource=status', '-f', '-'], forged);
    expect(stderr).toMatch(/cannot patch resource "workspaces\/status"/);
  }
  await berth.kubectl.until<{ status?: object }>(
    'the operator has reported',
    ['workspace', 'reported'],
    ({ status }) => status !== undefined
  );
  expect(await people('reported')).toMatchObject(BY_ADA);
});

berth.test('a policy that changes the spec on the way makes whom it changes it for the author', async () => {
  await create(await ada(), workspace('changed-on-the-way'));
  await berth.kubectl.apply(cpuPolicy(berth.namespace));
  const person = await bob();
  try {
    await berth.until('the policy is in force', async () => {
      await person.run(['label', '--overwrite', 'workspace', 'changed-on-the-way', `at=${String(performance.now())}`]);
      return (await stored('changed-on-the-way')).spec.compute?.cpu === '7';
    });
    expect(await people('changed-on-the-way')).toMatchObject(BY_BOB);
  } finally {
    await berth.kubectl.run(['delete', 'mutatingadmissionpolicy,mutatingadmissionpolicybinding', berth.namespace]);
  }
});

/** Comes after ours by its name, and gives every workspace of the namespace seven cores. */
function cpuPolicy(namespace: string): object[] {
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const metadata = { name: namespace };
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
  const operations = ['CREATE', 'UPDATE'];
  const rule = { apiGroups: ['berth.dev'], apiVersions: ['*'], operations, resources: ['workspaces'] };
  const expression = "Object{spec: Object.spec{compute: Object.spec.compute{cpu: '7'}}}";
  return [
    {
      apiVersion,
      kind: 'MutatingAdmissionPolicy',
      metadata,
      spec: {
        failurePolicy: 'Fail',
        reinvocationPolicy: 'Never',
        matchConstraints: { namespaceSelector, resourceRules: [rule] },
        mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }]
      }
    },
    { apiVersion, kind: 'MutatingAdmissionPolicyBinding', metadata, spec: { policyName: namespace } }
  ];
}

/** Somebody with a client certificate: the only way in by which a group can have any name. */
async function withCertificate(user: string, group: string): Promise<Kubectl> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'berth-person-'));
  const pki = path.join(folderOf(TEST_CLUSTER), 'pki');
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'key'];
  await quietly('openssl', ['req', '-new', ...key, '-subj', `/O=${group}/CN=${user}`, '-out', 'csr'], { cwd: scratch });
  const authority = ['-CA', path.join(pki, 'ca.crt'), '-CAkey', path.join(pki, 'ca.key')];
  await quietly('openssl', ['x509', '-req', '-in', 'csr', ...authority, '-days', '1', '-out', 'crt'], { cwd: scratch });
  const base64 = async (file: string) => (await readFile(path.join(scratch, file))).toString('base64');
  const config = JSON.parse(await readFile(berth.kubectl.kubeconfig, 'utf8')) as { users: { user: object }[] };
  const credentials = { 'client-certificate-data': await base64('crt'), 'client-key-data': await base64('key') };
  for (const each of config.users) each.user = credentials;
  const kubeconfig = path.join(scratch, 'kubeconfig');
  await writeFile(kubeconfig, JSON.stringify(config));
  certificates.push(scratch);
  return new Kubectl(berth.kubectl.program, kubeconfig, berth.namespace);
}

const certificates: string[] = [];
afterAll(() => Promise.all(certificates.map(folder => rm(folder, { recursive: true, force: true }))));
