/**
 * Every way in which a workspace fails, each with a real cause: what its person is told, how soon after the cluster has shown it, and
 * that it is over once it is mended. All of them fail side by side.
 */
import type { Kubectl } from '../kubectl.js';
import { withBerth } from '../testkit/with-berth.js';
import { TEST_CLUSTER } from '../testkit/with-cluster.js';
import { condition } from './objects.testkit.js';
import { applied, change, environment, images, isSaid, untilRuns, wished } from './people.testkit.js';
import { type Look, WatchedNamespace } from './watched-namespace.testkit.js';
import { clear, type Failure, FAILURES, prepare, type Stage } from './workspace-failures.testkit.js';

const berth = withBerth();
const crowded = `${berth.namespace}-q`;
/** Who may use every class by the chart's default; here that is decided class by class. */
const ALL_CLASSES = ['clusterrolebinding', 'berth-compute-class-user'] as const;

let stage: Stage;
let ada: Kubectl;
let watched: WatchedNamespace;
let watchedCrowd: WatchedNamespace;
let mayUseAll: readonly object[] = [];

beforeAll(async () => {
  ada = await berth.person('ada');
  const { kubectl: admin } = berth;
  stage = { ada, admin, images: await images(), own: name => `${berth.namespace}-${name}` };
  mayUseAll = (await admin.get<{ subjects: object[] }>(...ALL_CLASSES))?.subjects ?? [];
  await change(admin, ...ALL_CLASSES, { subjects: [] });
  await prepare(stage);
  await prepareCrowd(admin);
  watched = await WatchedNamespace.begin(TEST_CLUSTER, berth.namespace, 'ada');
  watchedCrowd = await WatchedNamespace.begin(TEST_CLUSTER, crowded, 'ada');
  await applied(ada, [wished('healthy'), ...FAILURES.map(({ name, wish }) => wished(name, wish(stage)))]);
  await applied(ada.in(crowded), [wished('no-room')]);
}, 180_000);

afterAll(async () => {
  for (const each of [watched, watchedCrowd]) each?.end();
  await change(berth.kubectl, ...ALL_CLASSES, { subjects: mayUseAll });
  await berth.kubectl.run(['delete', 'namespace', crowded, '--wait=false']);
  await clear(stage);
}, 60_000);

/** A namespace of ada's without room for a pod. */
async function prepareCrowd(admin: Kubectl): Promise<void> {
  await admin.run(['create', 'namespace', crowded]);
  await admin.in(crowded).run(['create', 'rolebinding', 'ada', '--clusterrole=edit', '--user=ada']);
  await admin.in(crowded).run(['create', 'quota', 'full', '--hard=pods=0']);
  await applied(ada.in(crowded), [environment('lab', stage.images.lab)]);
}

/** In seconds: from when the cluster showed it, to when the workspace said so; both as somebody who watches sees them. */
function delayS({ name, want, shown }: Failure): number {
  const told = watched.firstMs('workspaces', name, isSaid(want)) ?? NaN;
  const known =
    shown === undefined
      ? watched.firstMs('workspaces', name, () => true)
      : watched.firstMs('pods', `ws-${name}`, shown);
  return (told - (known ?? NaN)) / 1_000;
}

function print(rows: readonly (readonly [what: string, delayS: number])[]): void {
  const lines = rows.map(([what, seconds]) => `  ${what.padEnd(22)} ${seconds.toFixed(2).padStart(6)} s`);
  process.stdout.write(`from what the cluster knows to what the person is told\n${lines.join('\n')}\n`);
}

berth.test('every failure is said, and what would help', async () => {
  const said = FAILURES.map(async ({ name, want }) => {
    const object = await watched.until(`${name}: ${want}`, 'workspaces', name, isSaid(want));
    return [name, condition(object, 'Ready').message, object.status?.message];
  });
  const wantSaid = FAILURES.map(({ name, wantSaid }) => {
    const message: unknown = expect.stringMatching(wantSaid);
    return [name, message, message];
  });
  expect(await Promise.all(said)).toEqual(wantSaid);
  const noRoom = await watchedCrowd.until('no-room: QuotaExceeded', 'workspaces', 'no-room', isSaid('QuotaExceeded'));
  expect(noRoom.status?.message).toMatch(
    /exceeded quota: full, requested: pods=1, .+ It starts by itself when there is room\.$/
  );
  print(FAILURES.map(failure => [failure.want, delayS(failure)]));
});

berth.test('they are seen in a list', async () => {
  const list = await ada.run(['get', 'bws']);
  for (const { name, want } of FAILURES) expect(list).toMatch(new RegExp(`^${name} .* ${want} `, 'm'));
});

berth.test('every failure is over once it is mended', async () => {
  await untilRuns(watched, 'healthy');
  await Promise.all(FAILURES.map(({ mend }) => mend(stage)));
  await change(berth.kubectl.in(crowded), 'quota', 'full', { spec: { hard: { pods: '5' } } });
  await Promise.all([...FAILURES.map(isOver), untilStarted(watchedCrowd, ada.in(crowded), 'no-room')]);
});

/** Those that had a pod run, in another one. Of those that had none it is enough that they get one: a dozen Labs take their time. */
async function isOver({ name, shown }: Failure): Promise<void> {
  await (shown === undefined ? untilStarted(watched, ada, name) : untilRuns(watched, name));
}

async function untilStarted(where: WatchedNamespace, who: Kubectl, name: string): Promise<void> {
  await where.until(`${name} has a pod`, 'pods', `ws-${name}`, pod => pod !== undefined);
  const starts: Look = object => isSaid('Starting')(object) || isSaid('Running')(object);
  await where.until(`${name} starts`, 'workspaces', name, starts);
  await who.run(['delete', 'workspace', name, '--wait=false']);
}

berth.test(
  'a node that is lost is said to be lost, nothing is forced, and it goes on when the node is back',
  async () => {
    const first = watched.now('pods', 'ws-healthy')?.metadata.uid;
    await berth.faults.kill('kubelet');
    const said = await watched.until('the node is lost', 'workspaces', 'healthy', isSaid('NodeLost'));
    expect(said.status?.message).toMatch(
      /^Node node1 no longer reports\. .+ The files in the home volume are not touched\.$/
    );
    await berth.faults.start('kubelet');
    await untilRuns(watched, 'healthy');
    expect(watched.now('pods', 'ws-healthy')?.metadata.uid).toBe(first);
  }
);
