/**
 * A person lets a silent cell run, leaves a child of another kernel to work, and forgets a third notebook. The first two are
 * kept beyond twice their limit; the third is warned of, snoozed until the budget is spent, released, and brought back in one
 * click. Real Lab, agent, gateway, kernels and Chromium; only the limits are short.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { waitUntil } from '../../scripts/wait-until.js';
import { arrive, axeFindings, leave, openNotebook, type Person, screenshot } from './browser.js';
import { inFront, kernelIsIdle, runCell, show, tagCell, writeNotebook } from './notebooks.js';

const LIMIT_S = 16;
const POLICY = {
  kernel: { softSeconds: null, hardSeconds: LIMIT_S },
  warnSeconds: 10,
  snooze: { stepSeconds: 6, budgetSeconds: 6, perSeconds: 3600 }
};
const CHILD = 'while True: sum(range(20000))';

interface ViewOfApi {
  readonly judgements: readonly {
    readonly subject: { readonly id?: string };
    readonly name: string;
    readonly activity: string;
    readonly sinceMs: number;
    readonly next: { readonly atMs: number | null };
  }[];
  readonly stops: readonly { readonly name: string; readonly atMs: number; readonly why: string }[];
}

let scratch: string;
let person: Person;
let page: Page;
let startedMs: number;

beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'berth-ui-'));
  const policy = path.join(scratch, 'idle-policy.json');
  await writeFile(policy, JSON.stringify(POLICY));
  const args = ['--BerthExtension.idle_read_every_s=0.5'];
  person = await arrive(scratch, { args, env: { BERTH_IDLE_POLICY_FILE: policy } });
  await writeNotebook(person, 'silent', ['import time\ntime.sleep(3600)'], 'default');
  const start = `import subprocess, sys\nchild = subprocess.Popen(["nohup", sys.executable, "-c", "${CHILD}"], stdout=subprocess.DEVNULL)`;
  await writeNotebook(person, 'child', [start], 'default');
  await writeNotebook(person, 'forgotten', ['x = 41', 'print(x + 1)'], 'default');
  await tagCell(person, 'forgotten', 0, 'setup');
  page = await openNotebook(person, 'silent.ipynb');
}, 120_000);

afterAll(async () => {
  await leave(person);
  await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
}, 60_000);

async function call<T>(route: string): Promise<T> {
  const url = `${person.lab.url}/${route}`;
  const response = await fetch(url, { headers: { Authorization: `token ${person.lab.token}` } });
  if (!response.ok) throw new Error(`${route}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

const view = (): Promise<ViewOfApi> => call('berth/activity?no_track_activity=1');
const judged = async (name: string) => (await view()).judgements.find(it => it.name.startsWith(name));
const kernelIds = async (): Promise<string[]> => (await call<{ id: string }[]>('api/kernels')).map(({ id }) => id);

const toast = () => page.locator('.Toastify__toast').filter({ hasText: 'its kernel is released' });
const countdown = () => page.getByRole('button', { name: /^Idle timer: / });
const banner = () => inFront(page).getByRole('region', { name: /^The kernel of forgotten\.ipynb was released/ });

test('a notebook that is forgotten is warned of, and counted down to the second', async () => {
  await kernelIsIdle(page);
  await inFront(page).locator('.jp-Cell .cm-content').first().click();
  await page.keyboard.press('Control+Enter');
  await show(page, 'child');
  await kernelIsIdle(page);
  await runCell(page, 0);
  await show(page, 'forgotten');
  await kernelIsIdle(page);
  await runCell(page, 0);
  expect(await runCell(page, 1)).toBe('42');
  startedMs = Date.now();
  await toast().waitFor({ timeout: 60_000 });
  await countdown()
    .getByText(/^Released in 0:\d\d$/)
    .waitFor();
  await screenshot(page, 'idle-warning');
  expect(await axeFindings(page, '.jp-BerthIdleStatus')).toEqual([]);
  await countdown().focus();
  await page.keyboard.press('Enter');
  const popup = page.getByRole('dialog', { name: 'Idle timer' });
  await popup.getByRole('list', { name: 'Evidence' }).getByRole('listitem').first().waitFor();
  await popup.getByText('Hard limit, set by the platform.').waitFor();
  await page.keyboard.press('Escape');
  await popup.waitFor({ state: 'hidden' });
  expect(await countdown().evaluate(button => button.ownerDocument.activeElement === button)).toBe(true);
}, 120_000);

test('a snooze puts it off until the budget is spent, and then it is released, not before its time', async () => {
  const atMs = (await judged('forgotten'))?.next.atMs ?? 0;
  await toast()
    .getByRole('button', { name: /^Snooze/ })
    .click();
  await waitUntil('it goes later', 10_000, async () => ((await judged('forgotten'))?.next.atMs ?? 0) > atMs);
  await page.getByText('Snoozed:').first().waitFor();
  await page.evaluate("window.jupyterapp.commands.execute('berth:show-idle').then(() => true)");
  const row = page.getByRole('listitem', { name: 'forgotten.ipynb' });
  await row.getByText('No snooze is left for now.').waitFor();
  for (const name of ['Compute', 'Environments', 'Runs']) {
    await page.getByRole('heading', { name: `${name} Section` }).click();
  }
  await screenshot(page, 'idle-panel');
  expect(await axeFindings(page, '.jp-BerthPanel')).toEqual([]);
  await banner().waitFor({ timeout: 60_000 });
  const stop = (await view()).stops.find(({ name }) => name.startsWith('forgotten'));
  expect(stop?.atMs).toBeGreaterThanOrEqual(atMs);
  expect(stop?.why).not.toBe('');
}, 120_000);

test('the cell that is silent and the kernel whose child works are kept beyond twice their limit', async () => {
  await waitUntil('twice the limit is over', 60_000, async () => Date.now() - startedMs > 2 * LIMIT_S * 1000);
  const { judgements, stops } = await view();
  const kept = judgements.filter(({ name }) => /^(silent|child)/.test(name));
  expect(kept.map(({ name, activity }) => `${name} ${activity}`).sort()).toEqual([
    'child.ipynb active',
    'silent.ipynb active'
  ]);
  expect(stops.map(({ name }) => name)).toEqual(['forgotten.ipynb']);
  const alive = await kernelIds();
  expect(kept.map(({ subject }) => subject.id).filter(id => !alive.includes(id ?? ''))).toEqual([]);
  expect(alive).toHaveLength(2);
}, 90_000);

test('the notebook says what is kept and what is gone, and Resume brings its kernel back with its setup cell', async () => {
  await banner().getByText('all variables of the kernel').waitFor();
  await banner()
    .getByText(/the environment default/)
    .waitFor();
  await screenshot(page, 'idle-banner');
  expect(await axeFindings(page, '.jp-BerthStopBanner')).toEqual([]);
  const before = await kernelIds();
  await banner().getByRole('button', { name: 'Resume' }).click();
  await banner().waitFor({ state: 'hidden', timeout: 60_000 });
  await kernelIsIdle(page);
  expect((await kernelIds()).filter(id => !before.includes(id))).toHaveLength(1);
  expect(await runCell(page, 1)).toBe('42');
  await waitUntil('the stop was seen', 10_000, async () => (await view()).stops.length === 0);
}, 120_000);
