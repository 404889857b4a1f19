/**
 * What the operator's account can do at most, whoever holds it: the policies of the chart, on a real API server. Nothing is written:
 * admission is the same in a dry run.
 */
import { type Workspace, WorkspaceSpec } from '../../src/api/index.js';
import {
  homeOf,
  type Manifest,
  networkPolicyOf,
  podOf,
  serviceAccountOf,
  serviceOf,
  tokenOf,
  type WorkspaceSettings
} from '../../src/controllers/workspace/children.js';
import type { Kubectl } from '../kubectl.js';
import { PLATFORM_NAMESPACE } from '../testkit/install-chart.js';
import { withBerth } from '../testkit/with-berth.js';
import { workspace } from './workspaces.testkit.js';

const berth = withBerth();
const settings: WorkspaceSettings = {
  platformNamespace: PLATFORM_NAMESPACE,
  catalogueNamespace: PLATFORM_NAMESPACE,
  uid: 1000,
  agentKey: 'k'.repeat(64)
};
const image = `registry.example/base@sha256:${'0'.repeat(64)}`;

let lab: Workspace;

beforeAll(async () => {
  await (await berth.person('ada')).run(['create', '-f', '-'], JSON.stringify(workspace('lab')));
  lab = await berth.kubectl.until<Workspace>('the operator has reported', ['workspace', 'lab'], is => !!is.status);
  // The pod of a workspace that runs needs it.
  await berth.kubectl.until('it has its account', ['serviceaccount', 'ws-lab'], () => true);
  await berth.until('the policies are in force', async () => {
    const { stderr } = await create(meta(secret(), { name: 'other' }));
    return stderr.includes('berth-bound-operator');
  });
}, 120_000);

const create = (object: object, who: Kubectl = berth.operator) =>
  who.try(['create', '--dry-run=server', '-f', '-'], JSON.stringify(object));
const apply = (object: object) =>
  berth.operator.try(
    ['apply', '--server-side', '--force-conflicts', '--dry-run=server', '-f', '-'],
    JSON.stringify(object)
  );
const remove = (what: string, who: Kubectl = berth.operator) => who.try(['delete', '--dry-run=server', what]);

const pod = () =>
  podOf(lab, { image, compute: { cpu: '1', memory: '1Gi', extended: {}, problems: [] } }, 'digest', settings);
const secret = () => tokenOf(lab, 'token', settings);

/** The object with some fields of its metadata, or of its spec, replaced. */
const meta = (object: Manifest, change: object) => ({ ...object, metadata: { ...object.metadata, ...change } });
const spec = (object: Manifest, change: object) => ({ ...object, spec: { ...(object['spec'] as object), ...change } });
function container(change: object): object {
  const { containers } = pod()['spec'] as { readonly containers: readonly object[] };
  return spec(pod(), { containers: [{ ...containers[0], ...change }] });
}

berth.test('what the operator writes for a workspace is let through', async () => {
  const cases = { pod: await create(pod()), secret: await create(secret()) };
  expect(cases).toMatchObject({ pod: { code: 0 }, secret: { code: 0 } });
  const kept = { ...lab, spec: { ...lab.spec, home: { ...lab.spec.home, whenDeleted: 'Keep' as const } } };
  const goes = { ...lab, spec: { ...lab.spec, home: { ...lab.spec.home, whenDeleted: 'Delete' as const } } };
  const applied = [serviceAccountOf(lab), networkPolicyOf(lab, settings), serviceOf(lab), homeOf(kept), homeOf(goes)];
  for (const object of applied) expect(await apply(object)).toMatchObject({ code: 0, stderr: '' });
  expect(await remove('service/ws-lab')).toMatchObject({ code: 0 });
});

interface Refused {
  readonly what: string;
  readonly object: () => object;
  readonly wantSaid: string;
}

/** What the operator says that it is, and is not. */
const WHOSE: readonly Refused[] = [
  { what: 'another name', object: () => meta(secret(), { name: 'other' }), wantSaid: 'is named ws-<workspace>' },
  { what: 'no labels', object: () => meta(secret(), { labels: {} }), wantSaid: 'is named ws-<workspace>' },
  {
    what: 'another’s label',
    object: () => meta(secret(), { labels: { ...secret().metadata.labels, 'berth.dev/workspace': 'other' } }),
    wantSaid: 'is named ws-<workspace>'
  },
  { what: 'no controller', object: () => meta(secret(), { ownerReferences: [] }), wantSaid: 'has as its controller' },
  ...[{ kind: 'Notebook' }, { apiVersion: 'kubeflow.org/v1' }, { name: 'other' }, { controller: false }].map(
    change => ({
      what: `an owner with ${JSON.stringify(change)}`,
      object: () => meta(secret(), { ownerReferences: [{ ...secret().metadata.ownerReferences?.[0], ...change }] }),
      wantSaid: 'has as its controller'
    })
  ),
  {
    what: 'a home of another controller',
    object: () =>
      meta(homeOf(lab), { ownerReferences: [{ ...secret().metadata.ownerReferences?.[0], kind: 'Other' }] }),
    wantSaid: 'has as its controller'
  }
];

const fromSecret = (name: string) => ({ valueFrom: { secretKeyRef: { name, key: 'token' } } });
const ROOTED = { securityContext: { allowPrivilegeEscalation: false, runAsNonRoot: false } };
const CAPABLE = { securityContext: { allowPrivilegeEscalation: false, capabilities: { add: ['NET_ADMIN'] } } };
const volume = (source: object) => spec(pod(), { volumes: [{ name: 'home', ...source }] });

const PODS: readonly Refused[] = [
  { what: 'an account', object: () => spec(pod(), { serviceAccountName: 'default' }), wantSaid: 'the ServiceAccount' },
  { what: 'a token', object: () => spec(pod(), { automountServiceAccountToken: true }), wantSaid: 'no token of it' },
  ...['hostNetwork', 'hostPID', 'hostIPC'].map(field => ({
    what: field,
    object: () => spec(pod(), { [field]: true }),
    wantSaid: 'has no hostNetwork, hostPID, hostIPC or hostPort'
  })),
  {
    what: 'hostPort',
    object: () => container({ ports: [{ name: 'http', containerPort: 8888, hostPort: 8888 }] }),
    wantSaid: 'hostPort'
  },
  ...[
    { hostPath: { path: '/' } },
    { secret: { secretName: 'ws-lab' } },
    { persistentVolumeClaim: { claimName: 'ws-other' } },
    { projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }
  ].map(source => ({
    what: `the volume ${JSON.stringify(source)}`,
    object: () => volume(source),
    wantSaid: 'no volume but the claim of its own name'
  })),
  {
    what: 'a first container',
    object: () => spec(pod(), { initContainers: [{ name: 'first', image }] }),
    wantSaid: 'no initContainers'
  },
  ...[{ securityContext: { privileged: true } }, { securityContext: {} }, ROOTED, CAPABLE].map(change => ({
    what: JSON.stringify(change),
    object: () => container(change),
    wantSaid: 'are not privileged'
  })),
  { what: 'a pod as root', object: () => spec(pod(), { securityContext: {} }), wantSaid: 'do not run as root' },
  ...[
    { env: [{ name: 'A', ...fromSecret('other') }] },
    { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'ws-lab', key: 'a' } } }] },
    { envFrom: [{ secretRef: { name: 'ws-lab' } }] }
  ].map(change => ({
    what: JSON.stringify(change),
    object: () => container(change),
    wantSaid: 'read no Secret or ConfigMap but the Secret'
  }))
];

const OTHERS: readonly Refused[] = [
  { what: 'a token', object: () => accountToken(), wantSaid: 'is of type Opaque' },
  {
    what: 'a policy for all pods',
    object: () => spec(networkPolicyOf(lab, settings), { podSelector: {} }),
    wantSaid: 'NetworkPolicy of a workspace selects the pod'
  },
  ...[{ type: 'LoadBalancer' }, { selector: { app: 'other' } }, { selector: null }].map(change => ({
    what: `a Service with ${JSON.stringify(change)}`,
    object: () => spec(serviceOf(lab), change),
    wantSaid: 'is of type ClusterIP, and selects the pod of that workspace'
  })),
  {
    what: 'a Service at another’s address',
    object: () => spec(serviceOf(lab), { externalIPs: ['192.0.2.1'] }),
    wantSaid: 'gives no Service externalIPs'
  }
];

function accountToken(): object {
  const annotations = { 'kubernetes.io/service-account.name': 'ws-lab' };
  return { ...meta(secret(), { annotations }), type: 'kubernetes.io/service-account-token' };
}

const REFUSED = {
  'what is not a workspace’s': WHOSE,
  'a pod that is more than a JupyterLab': PODS,
  'what would reach beyond a workspace': OTHERS
};

for (const [name, cases] of Object.entries(REFUSED)) {
  berth.test(`${name} is refused to the operator, and why is said`, async () => {
    for (const { what, object, wantSaid } of cases) {
      const { stderr } = await create(object());
      expect({ what, stderr }).toEqual({ what, stderr: expect.stringContaining(wantSaid) });
    }
  });
}

berth.test('the operator runs nothing where the cluster itself or the platform runs', async () => {
  for (const namespace of ['kube-system', 'kube-public', PLATFORM_NAMESPACE]) {
    const { stderr } = await create(meta(secret(), { namespace }), berth.operator.in(namespace));
    expect(stderr).toContain(`workspaces are not run in namespaces kube-* nor in ${PLATFORM_NAMESPACE}`);
  }
  const { stderr } = await remove('serviceaccount/default', berth.operator.in('kube-system'));
  expect(stderr).toContain('workspaces are not run');
});

berth.test('what others have made is neither changed nor deleted, whatever its name', async () => {
  const theirs = meta(serviceOf(lab), { name: 'ws-theirs', labels: {}, ownerReferences: [] });
  await berth.kubectl.apply([theirs]);
  const taken = serviceOf({ ...lab, metadata: { ...lab.metadata, name: 'theirs' } });
  const wantSaid = 'changes and deletes only what belongs to a workspace';
  expect((await apply(taken)).stderr).toContain(wantSaid);
  expect((await remove('service/ws-theirs')).stderr).toContain(wantSaid);
  expect((await remove('serviceaccount/default')).stderr).toContain(wantSaid);
});

berth.test('what others have added to a Service keeps the operator from nothing', async () => {
  const added = { spec: { externalIPs: ['192.0.2.1'] } };
  await berth.kubectl.run(['patch', 'service', 'ws-lab', '--type=merge', '-p', JSON.stringify(added)]);
  expect(await apply(serviceOf(lab))).toMatchObject({ code: 0 });
});

const patch = (change: object, name = 'runs', ...more: string[]) =>
  berth.operator.try([
    'patch',
    'workspace',
    name,
    '--type=merge',
    '--dry-run=server',
    '-p',
    JSON.stringify(change),
    ...more
  ]);
const STOP = { spec: { running: false } };

/** One that runs, for all that the API server knows, and has every field that a spec can have. */
async function makeRunning(): Promise<void> {
  const spec = { running: true, compute: { class: 'none', cpu: '1', memory: '1Gi' }, idle: { busyMaxSeconds: 60 } };
  const object = workspace('runs', { spec, labels: { colour: 'blue' }, annotations: { note: 'mine' } });
  await (await berth.person('ada')).run(['create', '-f', '-'], JSON.stringify(object));
}

berth.test('the operator may stop a workspace, and whoever wrote its spec stays its author', async () => {
  await makeRunning();
  expect(await patch(STOP)).toMatchObject({ code: 0 });
  await berth.operator.run(['patch', 'workspace', 'runs', '--type=merge', '-p', JSON.stringify(STOP)]);
  const { metadata, spec } = await berth.kubectl.until<Workspace>('it is stopped', ['workspace', 'runs'], is => {
    return !is.spec.running;
  });
  expect(metadata.annotations).toMatchObject({ 'berth.dev/author': 'ada', note: 'mine' });
  expect(spec).toMatchObject({ owner: 'ada', compute: { class: 'none' }, idle: { busyMaxSeconds: 60 } });
});

const ONLY_STOPS = 'changes nothing of a workspace but spec.running, from true to false';
/** With the stop or instead of it. */
const BEYOND: Readonly<Record<string, { readonly change: object; readonly wantSaid: string }>> = {
  'a start': { change: { spec: { running: true } }, wantSaid: ONLY_STOPS },
  environment: { change: { spec: { running: false, environment: { name: 'other' } } }, wantSaid: ONLY_STOPS },
  compute: { change: { spec: { running: false, compute: { class: null } } }, wantSaid: ONLY_STOPS },
  home: { change: { spec: { running: false, home: { whenDeleted: 'Delete' } } }, wantSaid: ONLY_STOPS },
  idle: { change: { spec: { running: false, idle: null } }, wantSaid: ONLY_STOPS },
  'the metadata alone': { change: { metadata: { labels: { colour: 'red' } } }, wantSaid: ONLY_STOPS },
  labels: { change: { metadata: { labels: { colour: 'red' } }, ...STOP }, wantSaid: 'changes no labels' },
  annotations: { change: { metadata: { annotations: { note: 'ours' } }, ...STOP }, wantSaid: 'changes no labels' },
  finalizers: { change: { metadata: { finalizers: ['berth.dev/a'] }, ...STOP }, wantSaid: 'changes no labels' },
  'an author': {
    change: { metadata: { annotations: { 'berth.dev/author': 'root' } }, ...STOP },
    wantSaid: 'annotations'
  }
};

berth.test('it may write nothing else of a workspace, neither with a stop nor without one', async () => {
  await berth.kubectl.run(['patch', 'workspace', 'runs', '--type=merge', '-p', '{"spec":{"running":true}}']);
  for (const [what, { change, wantSaid }] of Object.entries(BEYOND)) {
    const { stderr } = await patch(change);
    expect({ what, stderr }).toEqual({ what, stderr: expect.stringContaining(wantSaid) });
  }
  const refused = new Set(Object.keys(BEYOND));
  const unnamed = Object.keys(WorkspaceSpec.shape).filter(field => !refused.has(field));
  // The first never changes, whoever writes it, and neither does the last; the other is the stop itself.
  expect(unnamed).toEqual(['owner', 'running', 'adopt']);
});

berth.test('nor may it delete one, or make one, or write to one that is stopped', async () => {
  expect((await remove('workspace/runs')).stderr).toMatch(/cannot delete resource "workspaces"/);
  expect((await create(workspace('made'))).stderr).toMatch(/cannot create resource "workspaces"/);
  expect((await patch({ spec: { running: true } }, 'lab')).stderr).toContain(ONLY_STOPS);
});
