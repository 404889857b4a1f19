/**
 * Workspaces beside other systems and other people: a pod that another system made is only looked at, and what a person writes reaches
 * nothing of anybody else.
 */
import type { Kubectl } from '../kubectl.js';
import { withBerth } from '../testkit/with-berth.js';
import { TEST_CLUSTER } from '../testkit/with-cluster.js';
import { pod, podSpec } from './objects.testkit.js';
import { applied, change, environment, images, isSaid, wished } from './people.testkit.js';
import { WatchedNamespace } from './watched-namespace.testkit.js';
import {
  adopting,
  CHILDREN,
  isOwnedBy,
  ourLabels,
  podOfKubeSpawner,
  setOfKubeflow,
  writersOf
} from './workspace-hands.testkit.js';

const berth = withBerth();
const ofBob = `${berth.namespace}-b`;
const LONGEST_NAME = 'n'.repeat(50);
const TAKEN: readonly { readonly kind: string; readonly apiVersion?: string; readonly spec?: object }[] = [
  { kind: 'Pod', spec: podSpec({}) },
  { kind: 'Service', spec: { selector: { app: 'other' }, ports: [{ port: 8080 }] } },
  { kind: 'ServiceAccount' },
  { kind: 'NetworkPolicy', apiVersion: 'networking.k8s.io/v1', spec: { podSelector: {} } },
  {
    kind: 'PersistentVolumeClaim',
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } }
  }
];

let ada: Kubectl;
let bob: Kubectl;
let watched: WatchedNamespace;
let watchedBob: WatchedNamespace;

beforeAll(async () => {
  ada = await berth.person('ada');
  await berth.kubectl.run(['create', 'namespace', ofBob]);
  await berth.kubectl.in(ofBob).run(['create', 'rolebinding', 'bob', '--clusterrole=edit', '--user=bob']);
  bob = berth.as('bob').in(ofBob);
  watched = await WatchedNamespace.begin(TEST_CLUSTER, berth.namespace, 'ada');
  watchedBob = await WatchedNamespace.begin(TEST_CLUSTER, ofBob, 'bob');
  const { lab, pause } = await images();
  await applied(ada, [
    environment('lab', lab),
    podOfKubeSpawner('ada', 'hub'),
    setOfKubeflow('nb', 'kubeflow'),
    adopting('hub', 'jupyter-ada'),
    adopting('kubeflow', 'nb-0')
  ]);
  await applied(bob, [
    environment('pause', pause),
    pod('ws-mine', { labels: ourLabels('mine') }),
    ...TAKEN.map(strange)
  ]);
}, 180_000);

afterAll(async () => {
  for (const each of [watched, watchedBob]) each?.end();
  await berth.kubectl.run(['delete', 'namespace', ofBob, '--wait=false']);
}, 60_000);

/** Something of another's that has the name of a child. */
function strange({ kind, apiVersion = 'v1', spec }: (typeof TAKEN)[number]): object {
  return { kind, apiVersion, metadata: { name: `ws-no-${kind.toLowerCase()}` }, ...(spec && { spec }) };
}

/** Those whose JupyterLab nobody needs are given an image without one. */
const bare = (name: string) => wished(name, { environment: 'pause' });

berth.test('the pod of another system is mirrored, and never written', async () => {
  const pods = { hub: 'jupyter-ada', kubeflow: 'nb-0' };
  for (const [name, podName] of Object.entries(pods)) {
    const { status } = await watched.until(`${name} runs`, 'workspaces', name, isSaid('Running'));
    const message = 'JupyterLab answers. Another system starts and stops this workspace.';
    expect(status).toMatchObject({ phase: 'Adopted', podName, node: 'node1', message });
    for (const plural of CHILDREN) expect(watched.now(plural, `ws-${name}`)).toBeUndefined();
  }
  for (const [kind, name] of [
    ['pod', 'jupyter-ada'],
    ['pod', 'nb-0'],
    ['statefulset', 'nb']
  ] as const) {
    expect(await writersOf(ada, kind, name)).not.toContain('berth-operator');
  }
});

berth.test('what becomes of the pod of another system is said, and the workspace leaves it as it is', async () => {
  await expect(change(ada, 'workspace', 'hub', { spec: { running: false } })).rejects.toThrow(
    /the pod of an adopted workspace is stopped by the system that made it: leave out running/
  );
  const first = watched.now('pods', 'nb-0');
  await ada.run(['delete', 'pod', 'jupyter-ada', 'nb-0', '--wait=false']);
  const gone = await watched.until('its pod is missed', 'workspaces', 'hub', isSaid('PodNotFound'));
  expect(gone.status).toMatchObject({ phase: 'Adopted', message: expect.stringContaining("no pod 'jupyter-ada'") });
  await watched.until('Kubeflow makes another', 'pods', 'nb-0', object => {
    return object !== undefined && object.metadata.uid !== first?.metadata.uid;
  });
  await watched.until('kubeflow runs again', 'workspaces', 'kubeflow', isSaid('Running'));
  const second = watched.now('pods', 'nb-0');
  await ada.run(['delete', 'workspace', 'kubeflow']);
  expect(watched.now('pods', 'nb-0')?.metadata).toMatchObject({ uid: second?.metadata.uid });
  expect(watched.now('pods', 'nb-0')?.metadata.deletionTimestamp).toBeUndefined();
});

berth.test('names lead nowhere but into the namespace of whom wrote them', async () => {
  const far = wished('far', { environment: `../${berth.namespace}/lab` });
  const named = [wished('theirs', { environment: 'lab' }), far, adopting('pod-of-ada', 'jupyter-ada')];
  await expect(applied(bob, named)).rejects.toThrow(
    /^kubectl .* The Workspace "far" is invalid: spec.environment.name/
  );
  const said = (name: string, reason: string) =>
    watchedBob.until(`${name}: ${reason}`, 'workspaces', name, isSaid(reason));
  expect((await said('theirs', 'EnvironmentNotFound')).status?.message).toMatch(
    /no environment 'lab' in this namespace/
  );
  await said('pod-of-ada', 'PodNotFound');
  const other = { ...bare('other'), spec: { ...bare('other').spec, owner: 'ada' } };
  await expect(applied(bob, [other])).rejects.toThrow(/spec\.owner: leave it out, or say bob/);
  await expect(applied(bob.in(berth.namespace), [bare('intruder')])).rejects.toThrow(/forbidden/);
});

berth.test('a name may be as long as is said, and no longer', async () => {
  await expect(applied(bob, [bare(`${LONGEST_NAME}n`)])).rejects.toThrow(/has at most 50 characters/);
  await applied(bob, [bare(LONGEST_NAME)]);
  await watchedBob.until('it is made', 'workspaces', LONGEST_NAME, isSaid('CrashLooping'));
  for (const plural of CHILDREN) expect(watchedBob.now(plural, `ws-${LONGEST_NAME}`)).toBeDefined();
});

berth.test('a pod that wears our labels is not run as the workspace', async () => {
  const first = watchedBob.now('pods', 'ws-mine')?.metadata.uid;
  await applied(bob, [bare('mine')]);
  const mine = await watchedBob.until('it is made', 'workspaces', 'mine', isSaid('CrashLooping'));
  const made = watchedBob.now('pods', 'ws-mine');
  expect(made?.metadata.uid).not.toBe(first);
  expect(isOwnedBy(made, mine)).toBe(true);
});

berth.test('a child that is made out to be of another workspace is neither used nor given to that one', async () => {
  const other = watchedBob.now('workspaces', LONGEST_NAME);
  const { uid, name } = other?.metadata ?? { uid: '', name: '' };
  const owner = { apiVersion: 'berth.dev/v1alpha1', kind: 'Workspace', name, uid, controller: true };
  await change(bob, 'service', 'ws-mine', { metadata: { ownerReferences: [owner] } });
  await watchedBob.until('it is said', 'workspaces', 'mine', isSaid('NameTaken'));
  await bob.run(['delete', 'service', 'ws-mine']);
  const mine = await watchedBob.until('it goes on', 'workspaces', 'mine', isSaid('CrashLooping'));
  await watchedBob.until('it has a Service', 'services', 'ws-mine', object => isOwnedBy(object, mine));
});

berth.test(
  'what is another’s and has the name of a child is left as it is, and that it is in the way is said',
  async () => {
    const names = TAKEN.map(({ kind }) => `no-${kind.toLowerCase()}`);
    await applied(bob, names.map(bare));
    for (const [index, name] of names.entries()) {
      const { kind } = TAKEN[index] ?? { kind: '' };
      const said = await watchedBob.until(`${name}: NameTaken`, 'workspaces', name, isSaid('NameTaken'));
      expect(said.status?.message).toContain(`the workspace's ${kind} would have`);
      expect(await writersOf(bob, kind, `ws-${name}`)).not.toContain('berth-operator');
    }
  }
);
