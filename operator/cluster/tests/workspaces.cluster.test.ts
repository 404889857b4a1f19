/**
 * The life of a workspace, as its person lives it: JupyterLab answers through its Service, stops, and comes back with files and tabs.
 * What is said about it and what is kept is the operator's; that it is so is seen from outside.
 */
import path from 'node:path';
import type { Page } from 'playwright-core';
import { ROOT } from '../../../scripts/command.js';
import { freePort } from '../../../scripts/free-port.js';
import { launchChromium } from '../../../scripts/jupyter-lab.js';
import { findChromium } from '../../../scripts/test-prerequisites.js';
import type { Kubectl } from '../kubectl.js';
import { PLATFORM_NAMESPACE } from '../testkit/install-chart.js';
import { withBerth } from '../testkit/with-berth.js';
import { TEST_CLUSTER } from '../testkit/with-cluster.js';
import { PortForward } from './notebook-server.testkit.js';
import { condition, isReady, pod } from './objects.testkit.js';
import { applied, change, environment, images, isSaid, start, stop, untilRuns, wished } from './people.testkit.js';
import { type Look, WatchedNamespace } from './watched-namespace.testkit.js';

const berth = withBerth();
/** Names of what is not in this file's namespace. */
const catalogued = `lab-${berth.namespace}`;
const elsewhere = `${berth.namespace}-b`;
const chromium = process.env['BERTH_TEST_CHROMIUM'] ?? findChromium();

const MEMORY = '512Mi';
const SCREENSHOTS = path.join(ROOT, '.berth/screenshots');
/** By their names, and by what Lab writes down of them. */
const TABS = [
  { name: 'note.txt', written: 'editor:note.txt' },
  { name: 'work.ipynb', written: 'notebook:work.ipynb' },
  { name: 'Terminal 1', written: 'terminal:1' }
];

let ada: Kubectl;
let watched: WatchedNamespace;

beforeAll(async () => {
  ada = await berth.person('ada');
  watched = await WatchedNamespace.begin(TEST_CLUSTER, berth.namespace, 'ada');
  const enforced = 'pod-security.kubernetes.io/enforce=restricted';
  await berth.kubectl.run(['label', 'namespace', berth.namespace, enforced]);
  await berth.kubectl.run(['create', 'namespace', elsewhere]);
  await berth.kubectl.in(PLATFORM_NAMESPACE).apply([environment(catalogued, (await images()).lab), pod(catalogued)]);
  await berth.kubectl.in(elsewhere).apply([pod('stranger')]);
  await applied(ada, [wished('lab', { environment: catalogued, from: 'catalogue', compute: { memory: MEMORY } })]);
}, 180_000);

afterAll(async () => {
  watched?.end();
  await forwarded?.end();
  await berth.kubectl.run(['delete', 'namespace', elsewhere, '--wait=false']);
  const inPlatform = ['environment', 'pod'].map(kind => `${kind}/${catalogued}`);
  await berth.kubectl.in(PLATFORM_NAMESPACE).run(['delete', ...inPlatform, '--ignore-not-found', '--wait=false']);
}, 60_000);

let forwarded: PortForward | undefined;

/** To the pod that is there now, in the place of the one before. The same port each time: to a browser it is the same Lab. */
async function forward(port: number): Promise<PortForward> {
  await forwarded?.end();
  forwarded = await PortForward.begin(berth.kubectl, 'ada', 'lab', berth.namespace, port);
  return forwarded;
}

/** As a person opens them, one after the other. */
async function openTabs(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Terminal' }).click();
  for (const file of ['note.txt', 'work.ipynb']) {
    await page.getByRole('listitem', { name: file }).dblclick();
    await page.getByRole('tab', { name: file }).waitFor();
  }
}

async function tabsAreOpen(page: Page): Promise<void> {
  for (const { name } of TABS) await page.getByRole('tab', { name }).waitFor();
}

/** What a pod hears from a workspace: the answer, the status that refuses it, or `shut` when there was none within three seconds. */
async function hears(namespace: string, from: string, route: string): Promise<string> {
  const url = `http://ws-lab.${berth.namespace}${route}`;
  const command = `busybox timeout 3 busybox wget -qO- '${url}' 2>&1 || echo shut`;
  const who = berth.kubectl.in(namespace);
  await who.until(`pod ${from} is ready`, ['pod', from], isReady);
  return (await who.run(['exec', from, '--', '/bin/sh', '-c', command])).trim();
}

berth.test('a workspace becomes a JupyterLab that answers the platform and nobody else', async () => {
  const { status } = await untilRuns(watched, 'lab');
  expect(status).toMatchObject({ phase: 'Running', message: 'JupyterLab answers.', podName: 'ws-lab', node: 'node1' });
  const token = Buffer.from(await ada.run(['get', 'secret', 'ws-lab', '-o', 'jsonpath={.data.token}']), 'base64');
  const route = `/api/status?token=${token.toString()}`;
  expect(await hears(PLATFORM_NAMESPACE, catalogued, route)).toMatch(/"started": /);
  expect(await hears(PLATFORM_NAMESPACE, catalogued, '/api/status')).toMatch(/403 Forbidden/);
  expect(await hears(elsewhere, 'stranger', route)).toMatch(/shut$/);
});

berth.test('what a person sees of it in a list is all that they need', async () => {
  const list = await ada.run(['get', 'bws', '-o', 'wide']);
  expect(list.split('\n')[0]?.split(/\s+/)).toEqual([
    'NAME',
    'PHASE',
    'OWNER',
    'ENVIRONMENT',
    'CLASS',
    'REASON',
    'NODE',
    'AGE'
  ]);
  expect(list).toMatch(/^lab +Running +ada +\S+ +Running +node1 /m);
});

berth.test('it stops, and comes back with the same home', async () => {
  const port = await freePort();
  const before = await forward(port);
  const file = { type: 'file', format: 'text', content: 'kept' };
  expect((await before.ask('PUT', '/api/contents/note.txt', file)).status).toBe(201);
  const home = watched.now('persistentvolumeclaims', 'ws-lab')?.metadata.uid;
  const first = watched.now('pods', 'ws-lab')?.metadata.uid;

  await stop(ada, watched, 'lab');
  expect(watched.now('pods', 'ws-lab')).toBeUndefined();
  await start(ada, 'lab');
  await untilRuns(watched, 'lab');

  const after = await forward(port);
  expect(await (await after.ask('GET', '/api/contents/note.txt')).json()).toMatchObject({ content: 'kept' });
  expect(watched.now('persistentvolumeclaims', 'ws-lab')?.metadata.uid).toBe(home);
  expect(watched.now('pods', 'ws-lab')?.metadata.uid).not.toBe(first);
});

berth.test('what is asked for otherwise is not forced upon a running one', async () => {
  const first = watched.now('pods', 'ws-lab')?.metadata.uid;
  const memory = (amount: string) => change(ada, 'workspace', 'lab', { spec: { compute: { memory: amount } } });
  await memory('500Mi');
  const said = await watched.until('it is said', 'workspaces', 'lab', isSaid('ChoicesChanged', 'RestartNeeded'));
  expect(condition(said, 'RestartNeeded').message).toMatch(/Stop and start the workspace/);
  expect(condition(said, 'Ready').reason).toBe('Running');
  await memory(MEMORY);
  const isAsWanted: Look = object =>
    isSaid('Running')(object) && condition(object ?? {}, 'RestartNeeded').status === 'absent';
  await watched.until('it is as wanted again', 'workspaces', 'lab', isAsWanted);
  expect(watched.now('pods', 'ws-lab')?.metadata.uid).toBe(first);
});

const inBrowser = chromium === undefined ? test.skip : berth.test;

inBrowser('a person who stops it finds their tabs open when they come back', async () => {
  const port = await freePort();
  const before = await forward(port);
  const cell = { cell_type: 'code', id: 'one', metadata: {}, source: '6 * 7', outputs: [], execution_count: null };
  const kernelspec = { name: 'python3', display_name: 'Python 3', language: 'python' };
  const content = { nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells: [cell] };
  await before.ask('PUT', '/api/contents/work.ipynb', { type: 'notebook', content });
  const browser = await launchChromium(chromium ?? '');
  try {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
    page.on('dialog', dialog => void dialog.accept()); // of a page that is left
    await page.goto(before.address);
    await openTabs(page);
    await tabsAreOpen(page);
    await berth.until('Lab has written down which tabs are open', async () => {
      const layout = await (await before.ask('GET', '/lab/api/workspaces/default')).text();
      return TABS.every(tab => layout.includes(tab.written));
    });
    await stop(ada, watched, 'lab');
    await start(ada, 'lab');
    await untilRuns(watched, 'lab');
    const after = await forward(port);
    await page.goto(`${after.url}/lab`);
    await tabsAreOpen(page);
    await page.getByText('6 * 7').waitFor();
    await page.screenshot({ path: path.join(SCREENSHOTS, 'workspace-resumed.png'), animations: 'disabled' });
  } finally {
    await browser.close();
  }
});
