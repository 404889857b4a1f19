/**
 * A workspace that is forgotten, on a real cluster with a policy of seconds: a silent cell keeps it; then it is warned, put off, and stopped,
 * though its operator is killed in between; and its person finds it as it was left, and why.
 */
import { freePort } from '../../../scripts/free-port.js';
import type { WorkspaceActivity } from '../../src/api/index.js';
import type { Kubectl } from '../kubectl.js';
import { killOperators } from '../testkit/chaos/operator-pods.js';
import { withBerth } from '../testkit/with-berth.js';
import { TEST_CLUSTER } from '../testkit/with-cluster.js';
import { PortForward } from './notebook-server.testkit.js';
import { condition } from './objects.testkit.js';
import { applied, change, environment, images, isSaid, start, untilRuns, wished } from './people.testkit.js';
import { type SeenObject, WatchedNamespace } from './watched-namespace.testkit.js';

const berth = withBerth();
const className = `idle-${berth.namespace}`;
const HARD_S = 50;
const WARN_S = 12;
/** The agent looks every 15 s. */
const LONGEST_MS = 300_000;
const POLICY = {
  kernel: { softSeconds: 0, hardSeconds: 0 },
  workspace: { softSeconds: 0, hardSeconds: HARD_S },
  warnSeconds: WARN_S,
  snooze: { stepSeconds: 20, budgetSeconds: 30, perSeconds: 86_400 }
};

let ada: Kubectl;
let watched: WatchedNamespace;
let lab: PortForward;

beforeAll(async () => {
  ada = await berth.person('ada');
  watched = await WatchedNamespace.begin(TEST_CLUSTER, berth.namespace, 'ada');
  const idleClass = { apiVersion: 'berth.dev/v1alpha1', kind: 'ComputeClass', metadata: { name: className } };
  await berth.kubectl.apply([{ ...idleClass, spec: { idle: POLICY } }]);
  await applied(ada, [environment('lab', (await images()).lab), wished('lab', { compute: { class: className } })]);
  await untilRuns(watched, 'lab');
  lab = await PortForward.begin(berth.kubectl, 'ada', 'lab', berth.namespace, await freePort());
}, 240_000);

afterAll(async () => {
  watched?.end();
  await lab?.end();
  await berth.kubectl.run(['delete', 'computeclass', className, '--wait=false', '--ignore-not-found']);
}, 60_000);

interface View {
  readonly judgedMs: number | null;
  readonly judge: string | null;
  readonly asking: readonly string[];
  readonly judgements: readonly {
    readonly subject: { readonly kind: string };
    readonly activity: string;
    readonly signals: readonly { readonly signal: string; readonly counts: boolean }[];
    readonly next: { readonly snoozeLeftMs: number; readonly atMs: number | null };
  }[];
  readonly stops: readonly { readonly subject: { readonly kind: string }; readonly why: string }[];
}

/** What the face of JupyterLab shows. */
async function view(): Promise<View> {
  return (await (await lab.ask('GET', '/berth/activity')).json()) as View;
}

const judged = ({ judgements }: View, kind: string): View['judgements'][number] | undefined =>
  judgements.find(({ subject }) => subject.kind === kind);

const activityOf = (object: SeenObject | undefined): WorkspaceActivity =>
  (object?.status as { readonly activity?: WorkspaceActivity } | undefined)?.activity ?? {};
const idleReason = (object: SeenObject | undefined): string | undefined => condition(object ?? {}, 'Idle').reason;
const untilIdleIs = (reason: string): Promise<SeenObject> =>
  watched.until(reason, 'workspaces', 'lab', object => idleReason(object) === reason, LONGEST_MS);

async function events(reason: string): Promise<readonly { readonly note: string }[]> {
  const selector = `--field-selector=reason=${reason}`;
  const text = await ada.run(['get', 'events.events.k8s.io', selector, '-o', 'json']);
  return (JSON.parse(text) as { items: { note: string }[] }).items;
}

/** Returns the kernel in which it runs. */
async function runCell(code: string): Promise<string> {
  const { id } = (await (await lab.ask('POST', '/api/kernels', { name: 'python3' })).json()) as { id: string };
  const url = lab.url.replace('http', 'ws');
  const socket = new WebSocket(`${url}/api/kernels/${id}/channels?${lab.address.split('?')[1]}`);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', reject);
  });
  const header = { msg_id: 'cell', msg_type: 'execute_request', username: '', session: 'test', version: '5.4' };
  const content = { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false };
  socket.send(JSON.stringify({ channel: 'shell', header, parent_header: {}, metadata: {}, content, buffers: [] }));
  await berth.until('the cell runs', async () => {
    const kernel = (await (await lab.ask('GET', `/api/kernels/${id}`)).json()) as { execution_state: string };
    return kernel.execution_state === 'busy';
  });
  socket.close();
  return id;
}

let kernel: string;
/** Before the cell ran: a machine may be slow to begin. */
let warnings: number;

berth.test(
  'a silent cell keeps it, with nobody there, for longer than an idle one is kept',
  async () => {
    kernel = await runCell('import time\nwhile True: time.sleep(1)');
    const begunMs = Date.now();
    warnings = (await events('IdleWarning')).length;
    await berth.until(
      'it was judged after its limit',
      async () => ((await view()).judgedMs ?? 0) > begunMs + (HARD_S + WARN_S) * 1000,
      LONGEST_MS
    );
    const seen = await view();
    expect([seen.judge, judged(seen, 'workspace')?.activity]).toEqual(['operator', 'active']);
    expect(judged(seen, 'kernel')?.signals).toContainEqual(
      expect.objectContaining({ signal: 'silent-busy', counts: true })
    );
    expect(idleReason(watched.now('workspaces', 'lab'))).toBeUndefined();
    expect(await events('IdleWarning')).toHaveLength(warnings);
  },
  LONGEST_MS
);

berth.test(
  'left alone it is warned, in its status and by an event',
  async () => {
    await lab.ask('POST', `/api/kernels/${kernel}/interrupt`);
    const warned = await untilIdleIs('IdleWarning');
    const { announcedAt = '', stopAt = '' } = activityOf(warned);
    expect(Date.parse(stopAt) - Date.parse(announcedAt)).toBeGreaterThanOrEqual((WARN_S - 1) * 1000);
    expect(condition(warned, 'Idle').message).toContain('by the policy of the class');
    expect(await events('IdleWarning')).toHaveLength(warnings + 1);
  },
  LONGEST_MS
);

berth.test(
  'what two controllers say of it stands side by side',
  async () => {
    await change(ada, 'workspace', 'lab', { spec: { compute: { memory: '300Mi' } } });
    const both = await watched.until('both are said', 'workspaces', 'lab', object => {
      return condition(object ?? {}, 'RestartNeeded').status === 'True';
    });
    expect([idleReason(both), condition(both, 'Ready').reason]).toEqual(['IdleWarning', 'Running']);
    await change(ada, 'workspace', 'lab', { spec: { compute: { memory: '256Mi' } } });
    const one = await watched.until('one of them is', 'workspaces', 'lab', object => {
      return condition(object ?? {}, 'RestartNeeded').status === 'absent';
    });
    expect(idleReason(one)).toBe('IdleWarning');
  },
  LONGEST_MS
);

const snooze = (): Promise<Response> => lab.ask('POST', '/berth/activity/snooze', { subject: { kind: 'workspace' } });

berth.test(
  'its person puts it off, and no further than the budget goes',
  async () => {
    for (const granted of [1, 2, 2]) {
      expect((await snooze()).ok).toBe(true);
      // Until then another click would be the same snooze.
      await berth.until('it is answered', async () => (await view()).asking.length === 0);
      await watched.until(`${granted} are kept`, 'workspaces', 'lab', object => {
        return activityOf(object).snoozes?.length === granted;
      });
    }
    expect(judged(await view(), 'workspace')?.next.snoozeLeftMs).toBe(0);
    const kept = activityOf(watched.now('workspaces', 'lab')).snoozes;
    expect(kept?.map(({ addedSeconds }) => addedSeconds)).toEqual([20, 10]);
  },
  LONGEST_MS
);

berth.test(
  'its operator is killed after the warning: another stops it, at the time that was said and not before',
  async () => {
    await untilIdleIs('IdleWarning');
    await killOperators(TEST_CLUSTER);
    const stopped = await watched.until(
      'it stops',
      'workspaces',
      'lab',
      object => object?.spec?.running === false,
      LONGEST_MS
    );
    const { lastStop, stopAt = '', announcedAt = '' } = activityOf(stopped);
    expect(Date.parse(lastStop?.at ?? '')).toBeGreaterThanOrEqual(Date.parse(announcedAt) + WARN_S * 1000 - 1_000);
    expect(Date.parse(lastStop?.at ?? '')).toBeGreaterThanOrEqual(Date.parse(stopAt) - 16_000);
    expect(lastStop).toMatchObject({ limit: 'hard', policyOf: 'class' });
    const rests = await watched.until('it has stopped', 'workspaces', 'lab', isSaid('Stopped'), LONGEST_MS);
    expect(condition(rests, 'Ready').message).toMatch(/^Stopped at .+Z for being idle\. .+spec\.running: true\.$/);
    expect((await events('StoppedIdle'))[0]?.note).toContain(lastStop?.why ?? 'nothing');
    expect(rests.metadata.annotations).toMatchObject({ 'berth.dev/author': 'ada' });
  },
  LONGEST_MS
);

berth.test(
  'resumed it runs again, and shows why it was stopped',
  async () => {
    await lab.end();
    await start(ada, 'lab');
    await untilRuns(watched, 'lab');
    lab = await PortForward.begin(berth.kubectl, 'ada', 'lab', berth.namespace, await freePort());
    const { why } = activityOf(watched.now('workspaces', 'lab')).lastStop ?? { why: '' };
    expect((await view()).stops).toMatchObject([{ subject: { kind: 'workspace' }, why }]);
    await watched.until('the resume is noted', 'workspaces', 'lab', object => {
      return activityOf(object).lastStop?.resumedAt !== undefined && idleReason(object) === undefined;
    });
  },
  LONGEST_MS
);
