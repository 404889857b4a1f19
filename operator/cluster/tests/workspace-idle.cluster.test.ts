/**
 * Two workspaces, each open in a real browser, on a real cluster with a policy of seconds. A silent cell keeps the one, a child that a cell
 * has left to work the other. Once that has ended its page stays open and nobody touches it: it is warned, put off in the page, and stopped,
 * though its operator is killed in between; and its person finds it as it was left, and why.
 */
import type { Browser, Page } from 'playwright-core';
import { freePort } from '../../../scripts/free-port.js';
import { launchChromium } from '../../../scripts/jupyter-lab.js';
import { findChromium } from '../../../scripts/test-prerequisites.js';
import type { WorkspaceActivity } from '../../src/api/index.js';
import type { Kubectl } from '../kubectl.js';
import { killOperators } from '../testkit/chaos/operator-pods.js';
import { withBerth } from '../testkit/with-berth.js';
import { TEST_CLUSTER } from '../testkit/with-cluster.js';
import { PortForward } from './notebook-server.testkit.js';
import { condition } from './objects.testkit.js';
import { applied, change, environment, images, isSaid, start, untilRuns, wished } from './people.testkit.js';
import { type SeenObject, WatchedNamespace } from './watched-namespace.testkit.js';
import { bannerIn, countdownIn, goTo, openNotebook, runCell, screenshot, warningIn } from './workspace-idle.testkit.js';

const berth = withBerth();
const className = `idle-${berth.namespace}`;
const HARD_S = 45;
const WARN_S = 10;
/** The agent looks every 15 s. */
const LONGEST_MS = 300_000;
const POLICY = {
  kernel: { softSeconds: 0, hardSeconds: 0 },
  workspace: { softSeconds: 0, hardSeconds: HARD_S },
  warnSeconds: WARN_S,
  snooze: { stepSeconds: 6, budgetSeconds: 8, perSeconds: 86_400 }
};

const MEMORY = '512Mi';
const SILENT = 'import time\nwhile True: time.sleep(1)';
/** What it starts works until it finds a file. */
const LEAVES_A_CHILD = `import subprocess, sys
program = """
import os, time
while not os.path.exists("enough"):
    sum(range(100_000))
    time.sleep(0.02)
"""
child = subprocess.Popen(["nohup", sys.executable, "-c", program])`;

const chromium = process.env['BERTH_TEST_CHROMIUM'] ?? findChromium();

let ada: Kubectl;
let watched: WatchedNamespace;
let browser: Browser;
/** All that were begun. */
const forwards: PortForward[] = [];
let lab: PortForward;
let page: Page;
/** The other one. */
let silent: PortForward;
let silentPage: Page;

beforeAll(async () => {
  ada = await berth.person('ada');
  watched = await WatchedNamespace.begin(TEST_CLUSTER, berth.namespace, 'ada');
  const idleClass = { apiVersion: 'berth.dev/v1alpha1', kind: 'ComputeClass', metadata: { name: className } };
  await berth.kubectl.apply([{ ...idleClass, spec: { idle: POLICY } }]);
  const wish = { compute: { class: className, memory: MEMORY } };
  const image = (await images()).lab;
  await applied(ada, [environment('lab', image), wished('lab', wish), wished('silent', wish)]);
  browser = await launchChromium(chromium ?? '');
  const opened = await Promise.all([open('lab', LEAVES_A_CHILD), open('silent', SILENT)]);
  [[lab, page], [silent, silentPage]] = opened;
}, 240_000);

afterAll(async () => {
  await browser?.close();
  watched?.end();
  for (const one of forwards) await one.end();
  await berth.kubectl.run(['delete', 'computeclass', className, '--wait=false', '--ignore-not-found']);
}, 60_000);

async function forwardTo(name: string): Promise<PortForward> {
  const forward = await PortForward.begin(berth.kubectl, 'ada', name, berth.namespace, await freePort());
  forwards.push(forward);
  return forward;
}

async function open(name: string, source: string): Promise<[PortForward, Page]> {
  await untilRuns(watched, name);
  const forward = await forwardTo(name);
  return [forward, await openNotebook(browser, forward, source)];
}

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
async function view(of = lab): Promise<View> {
  return (await (await of.ask('GET', '/berth/activity')).json()) as View;
}

const judged = ({ judgements }: View, kind: string): View['judgements'][number] | undefined =>
  judgements.find(({ subject }) => subject.kind === kind);

const activityOf = (object: SeenObject | undefined): WorkspaceActivity =>
  (object?.status as { readonly activity?: WorkspaceActivity } | undefined)?.activity ?? {};
const idleReason = (object: SeenObject | undefined): string | undefined => condition(object ?? {}, 'Idle').reason;
const untilIdleIs = (reason: string): Promise<SeenObject> =>
  watched.until(reason, 'workspaces', 'lab', object => idleReason(object) === reason, LONGEST_MS);

async function events(reason: string, workspace: string): Promise<readonly { readonly note: string }[]> {
  const selector = `--field-selector=reason=${reason},regarding.name=${workspace}`;
  const text = await ada.run(['get', 'events.events.k8s.io', selector, '-o', 'json']);
  return (JSON.parse(text) as { items: { note: string }[] }).items;
}
const warningsOf = (workspace: string) => events('IdleWarning', workspace);

/** Of `lab`, while its child works: a machine may be slow to begin. */
let warnings: number;
const inBrowser = chromium === undefined ? test.skip : berth.test;

inBrowser(
  'a silent cell keeps one, a child that a cell has left to work the other, for longer than an idle one is kept',
  async () => {
    await Promise.all([runCell(page, '1'), runCell(silentPage, '*')]);
    const begunMs = Date.now();
    await berth.until('both are seen at work', async () => {
      const seen = [await view(), await view(silent)];
      return seen.every(one => (one.judgedMs ?? 0) > begunMs && judged(one, 'workspace')?.activity === 'active');
    });
    warnings = (await warningsOf('lab')).length;
    const before = (await warningsOf('silent')).length;
    await berth.until(
      'both were judged after their limit',
      async () => {
        const judgedMs = [await view(), await view(silent)].map(one => one.judgedMs ?? 0);
        return Math.min(...judgedMs) > begunMs + (HARD_S + WARN_S) * 1000;
      },
      LONGEST_MS
    );
    for (const [name, of, signal] of [
      ['lab', lab, 'process'],
      ['silent', silent, 'silent-busy']
    ] as const) {
      const seen = await view(of);
      expect([seen.judge, judged(seen, 'workspace')?.activity]).toEqual(['operator', 'active']);
      expect(judged(seen, 'kernel')?.signals).toContainEqual(expect.objectContaining({ signal, counts: true }));
      expect(idleReason(watched.now('workspaces', name))).toBeUndefined();
    }
    expect(await warningsOf('lab')).toHaveLength(warnings);
    expect(await warningsOf('silent')).toHaveLength(before);
    await silentPage.close();
    await ada.run(['delete', 'workspace', 'silent', '--wait=false']);
  },
  LONGEST_MS
);

inBrowser(
  'when the child has ended it is warned, though its page is open: in its status, by an event, and in the page',
  async () => {
    await lab.ask('PUT', '/api/contents/enough', { type: 'file', format: 'text', content: '' });
    const warned = await untilIdleIs('IdleWarning');
    const { announcedAt = '', stopAt = '' } = activityOf(warned);
    expect(Date.parse(stopAt) - Date.parse(announcedAt)).toBeGreaterThanOrEqual((WARN_S - 1) * 1000);
    expect(condition(warned, 'Idle').message).toContain('by the policy of the class');
    expect(await warningsOf('lab')).toHaveLength(warnings + 1);
    await warningIn(page).getByText('Hard limit, set by the compute class.').waitFor();
    await countdownIn(page).waitFor();
    await screenshot(page, 'idle-cluster');
  },
  LONGEST_MS
);

inBrowser(
  'what two controllers say of it stands side by side',
  async () => {
    await change(ada, 'workspace', 'lab', { spec: { compute: { memory: '500Mi' } } });
    const both = await watched.until('both are said', 'workspaces', 'lab', object => {
      return condition(object ?? {}, 'RestartNeeded').status === 'True';
    });
    expect([idleReason(both), condition(both, 'Ready').reason]).toEqual(['IdleWarning', 'Running']);
    await change(ada, 'workspace', 'lab', { spec: { compute: { memory: MEMORY } } });
    const one = await watched.until('one of them is', 'workspaces', 'lab', object => {
      return condition(object ?? {}, 'RestartNeeded').status === 'absent';
    });
    expect(idleReason(one)).toBe('IdleWarning');
  },
  LONGEST_MS
);

/** The warning that was put off. */
let announcedAt: string;
const snooze = (): Promise<Response> => lab.ask('POST', '/berth/activity/snooze', { subject: { kind: 'workspace' } });

inBrowser(
  'its person puts it off in the page, and no further than the budget goes',
  async () => {
    announcedAt = activityOf(watched.now('workspaces', 'lab')).announcedAt ?? '';
    await warningIn(page)
      .getByRole('button', { name: /^Snooze/ })
      .click();
    // The operator answers with its next look.
    await page
      .getByText(/^(Snoozed:|More time was asked for)/)
      .first()
      .waitFor();
    for (const granted of [1, 2]) {
      // Until then another one would be the same snooze.
      await berth.until('it is answered', async () => (await view()).asking.length === 0);
      await watched.until(`${granted} are kept`, 'workspaces', 'lab', object => {
        return activityOf(object).snoozes?.length === granted;
      });
      expect((await snooze()).ok).toBe(true);
    }
    await berth.until('the last is answered', async () => (await view()).asking.length === 0);
    expect(judged(await view(), 'workspace')?.next.snoozeLeftMs).toBe(0);
    const kept = activityOf(watched.now('workspaces', 'lab')).snoozes;
    expect(kept?.map(({ addedSeconds }) => addedSeconds)).toEqual([6, 2]);
  },
  LONGEST_MS
);

inBrowser(
  'warned again, its operator is killed: another stops it, untouched in an open tab, at the time that was said and not before',
  async () => {
    // Who pressed the button was there: it is idle from then on.
    await watched.until(
      'it is warned again',
      'workspaces',
      'lab',
      object => idleReason(object) === 'IdleWarning' && activityOf(object).announcedAt !== announcedAt,
      LONGEST_MS
    );
    await warningIn(page).waitFor();
    expect(await warningIn(page).getByRole('button').allInnerTexts()).not.toContainEqual(
      expect.stringContaining('Snooze')
    );
    await killOperators(TEST_CLUSTER);
    const stopped = await watched.until(
      'it stops',
      'workspaces',
      'lab',
      object => object?.spec?.running === false,
      LONGEST_MS
    );
    const { lastStop, stopAt = '', announcedAt: againAt = '' } = activityOf(stopped);
    expect(Date.parse(lastStop?.at ?? '')).toBeGreaterThanOrEqual(Date.parse(againAt) + WARN_S * 1000 - 1_000);
    expect(Date.parse(lastStop?.at ?? '')).toBeGreaterThanOrEqual(Date.parse(stopAt) - 16_000);
    expect(lastStop).toMatchObject({ limit: 'hard', policyOf: 'class' });
    const rests = await watched.until('it has stopped', 'workspaces', 'lab', isSaid('Stopped'), LONGEST_MS);
    expect(condition(rests, 'Ready').message).toMatch(/^Stopped at .+Z for being idle\. .+spec\.running: true\.$/);
    expect((await events('StoppedIdle', 'lab'))[0]?.note).toContain(lastStop?.why ?? 'nothing');
    expect(rests.metadata.annotations).toMatchObject({ 'berth.dev/author': 'ada' });
  },
  LONGEST_MS
);

inBrowser(
  'resumed it runs again, and its page shows why it was stopped',
  async () => {
    await lab.end();
    await start(ada, 'lab');
    await untilRuns(watched, 'lab');
    lab = await forwardTo('lab');
    const { why } = activityOf(watched.now('workspaces', 'lab')).lastStop ?? { why: '' };
    expect((await view()).stops).toMatchObject([{ subject: { kind: 'workspace' }, why }]);
    await goTo(page, lab);
    await bannerIn(page).getByText(why).waitFor();
    await screenshot(page, 'idle-cluster-resumed');
    await watched.until('the resume is noted', 'workspaces', 'lab', object => {
      return activityOf(object).lastStop?.resumedAt !== undefined && idleReason(object) === undefined;
    });
  },
  LONGEST_MS
);
