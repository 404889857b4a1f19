/**
 * What people do to a workspace and its children by hand: they are put back, its home is kept, and where something is lost, that is
 * said.
 */
import type { Kubectl } from '../kubectl.js';
import { withBerth } from '../testkit/with-berth.js';
import { TEST_CLUSTER } from '../testkit/with-cluster.js';
import { condition } from './objects.testkit.js';
import { applied, change, environment, images, isSaid, start, stop, untilRuns, wished } from './people.testkit.js';
import { type Look, type Plural, WatchedNamespace } from './watched-namespace.testkit.js';
import { CHILDREN, isOwnedBy } from './workspace-hands.testkit.js';

const berth = withBerth();

let ada: Kubectl;
let watched: WatchedNamespace;

/** Those whose JupyterLab nobody needs are given an image without one. */
const bare = (name: string, wish: object = {}) => wished(name, { environment: 'pause', ...wish });

beforeAll(async () => {
  ada = await berth.person('ada');
  const { lab, pause } = await images();
  watched = await WatchedNamespace.begin(TEST_CLUSTER, berth.namespace, 'ada');
  await applied(ada, [
    environment('lab', lab),
    environment('pause', pause),
    wished('pet'),
    wished('restless'),
    ...['kept', 'dropped', 'orphaned', 'again'].map(name =>
      bare(name, { home: { whenDeleted: name === 'dropped' ? 'Delete' : 'Keep' } })
    )
  ]);
}, 180_000);

afterAll(() => watched?.end());

const uidOf = (plural: Plural, workspace: string) => watched.now(plural, `ws-${workspace}`)?.metadata.uid;
const isOther =
  (uid: string | undefined): Look =>
  object =>
    object !== undefined && object.metadata.uid !== uid;

/** It has crashed: so all its children are there, its home is bound, and its pod was started. */
const untilMade = (name: string) => watched.until(`${name} is made`, 'workspaces', name, isSaid('CrashLooping'));

/** Somebody changes it, and it is as before again. */
async function isPutRight(plural: Plural, by: object, isChanged: Look): Promise<void> {
  await change(ada, plural, 'ws-pet', by);
  await watched.untilSeen(`${plural} are changed`, plural, 'ws-pet', isChanged);
  await watched.until(`${plural} are put right`, plural, 'ws-pet', object => !isChanged(object));
}

const says =
  (text: string): Look =>
  object =>
    JSON.stringify(object?.spec ?? object)?.includes(text) === true;

berth.test('what is deleted or changed by hand is put back, and JupyterLab runs on', async () => {
  await untilRuns(watched, 'pet');
  const pod = uidOf('pods', 'pet');
  await isPutRight('services', { spec: { selector: { also: 'this' } } }, says('"also":"this"'));
  await isPutRight('networkpolicies', { spec: { ingress: [{}] } }, says('"ingress":[{}]'));
  const mounted = '"automountServiceAccountToken":true';
  await isPutRight('serviceaccounts', { automountServiceAccountToken: true }, says(mounted));
  await isPutRight('services', { metadata: { labels: { 'berth.dev/workspace': null } } }, object => {
    return object?.metadata.labels?.['berth.dev/workspace'] === undefined;
  });
  for (const plural of ['services', 'networkpolicies', 'serviceaccounts'] as const) {
    const first = uidOf(plural, 'pet');
    await ada.run(['delete', plural, 'ws-pet']);
    await watched.until(`${plural} are made again`, plural, 'ws-pet', isOther(first));
  }
  await untilRuns(watched, 'pet');
  expect(uidOf('pods', 'pet')).toBe(pod);
});

berth.test('a pod that is deleted by hand comes back, with and without its time to end', async () => {
  await untilRuns(watched, 'restless');
  const [pet, restless] = [uidOf('pods', 'pet'), uidOf('pods', 'restless')];
  await ada.run(['delete', 'pod', 'ws-pet', '--wait=false']);
  await ada.run(['delete', 'pod', 'ws-restless', '--grace-period=0', '--force']);
  await watched.untilSeen('it is said', 'workspaces', 'pet', isSaid('Restarting'));
  await watched.until('it has another pod', 'pods', 'ws-pet', isOther(pet));
  await watched.until('it has another pod', 'pods', 'ws-restless', isOther(restless));
  await Promise.all(['pet', 'restless'].map(name => untilRuns(watched, name)));
});

const tokenOf = (name: string) => ada.run(['get', 'secret', `ws-${name}`, '-o', 'jsonpath={.data.token}']);

berth.test('a home or a token that was deleted is made anew, and that the files are gone is said', async () => {
  const [token, home] = [await tokenOf('pet'), uidOf('persistentvolumeclaims', 'pet')];
  await ada.run(['delete', 'secret/ws-pet', 'persistentvolumeclaim/ws-pet', '--wait=false']);
  const said = await watched.until('it is said', 'workspaces', 'pet', isSaid('BeingDeleted', 'HomeReady'));
  expect(condition(said, 'HomeReady').message).toMatch(/kept only while the workspace runs: copy what you need\.$/);
  expect(condition(said, 'Ready').reason).toBe('Running');
  await stop(ada, watched, 'pet');
  await watched.untilGone('persistentvolumeclaims', 'ws-pet');
  await start(ada, 'pet');
  await untilRuns(watched, 'pet');
  await watched.until('it is said', 'workspaces', 'pet', isSaid('Recreated', 'HomeReady'));
  expect(uidOf('persistentvolumeclaims', 'pet')).not.toBe(home);
  expect(await tokenOf('pet')).not.toBe(token);
});

berth.test('a home that is deleted while its workspace is stopped is made anew at the next start', async () => {
  await untilMade('again');
  await stop(ada, watched, 'again');
  await ada.run(['delete', 'persistentvolumeclaim', 'ws-again']);
  await start(ada, 'again');
  const said = await watched.until('it is said', 'workspaces', 'again', isSaid('Recreated', 'HomeReady'));
  expect(condition(said, 'HomeReady')).toMatchObject({
    status: 'True',
    message: expect.stringMatching(/was empty\.$/)
  });
});

async function childrenAreGone(workspace: string): Promise<void> {
  for (const plural of CHILDREN) await watched.untilGone(plural, `ws-${workspace}`);
}

berth.test('with a workspace goes all that is its own; its home stays unless it was to go too', async () => {
  await Promise.all(['kept', 'dropped', 'orphaned'].map(untilMade));
  const [kept, orphaned] = [uidOf('persistentvolumeclaims', 'kept'), uidOf('persistentvolumeclaims', 'orphaned')];
  await ada.run(['delete', 'workspace', 'kept', 'dropped', '--wait=false']);
  await ada.run(['delete', 'workspace', 'orphaned', '--cascade=orphan']);
  await Promise.all(['kept', 'dropped', 'orphaned'].map(childrenAreGone));
  await watched.untilGone('persistentvolumeclaims', 'ws-dropped');
  expect(uidOf('persistentvolumeclaims', 'orphaned')).toBe(orphaned);

  await applied(ada, [bare('kept'), bare('orphaned')]);
  for (const name of ['kept', 'orphaned']) {
    const made = await untilMade(name);
    expect(condition(made, 'HomeReady').reason).toBe('Bound');
  }
  expect([uidOf('persistentvolumeclaims', 'kept'), uidOf('persistentvolumeclaims', 'orphaned')]).toEqual([
    kept,
    orphaned
  ]);
});

berth.test('one that is made again at once gets children of its own', async () => {
  await ada.run(['delete', 'workspace', 'again', '--wait=false']);
  await applied(ada, [bare('again')]);
  const made = await watched.until('it is made', 'workspaces', 'again', isSaid('CrashLooping'));
  for (const plural of CHILDREN) {
    await watched.until(`${plural} are its own`, plural, 'ws-again', object => isOwnedBy(object, made));
  }
});
