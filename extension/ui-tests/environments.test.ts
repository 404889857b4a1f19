/**
 * A person makes an environment, pins a notebook to it, changes what is installed behind Berth's back, sees that at once,
 * pins what there is now, and opens the notebook on another machine (a fresh HOME and cache), where one click brings it
 * all back. Real Lab, uv, kernels and Chromium. The first part is done by keyboard alone.
 */
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { waitUntil } from '../../scripts/wait-until.js';
import { arrive, axeFindings, callApi, goDark, leave, openNotebook, type Person, screenshot } from './browser.js';
import { inFront, kernelIsIdle, readNotebook, runCell, save, writeNotebook } from './notebooks.js';

interface EnvironmentOfApi {
  readonly name: string;
  readonly state: string;
  readonly message: string;
  readonly lockHash: string;
  readonly changed: readonly string[];
}

const CELLS = [
  'import os\nfrom importlib.metadata import version\nprint("lock", os.environ["BERTH_LOCK_HASH"])\nprint("has", version("tabulate"))',
  'import subprocess, sys\nsubprocess.run(["uv", "pip", "install", "--quiet", "--python", sys.executable, "tabulate==0.8.10"], check=True)\nprint("changed")'
];

let scratch: string;
let person: Person;
let page: Page;

beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'berth-ui-'));
  person = await arriveIn('first');
  await writeNotebook(person, 'study', CELLS);
  page = await openNotebook(person, 'study.ipynb');
}, 120_000);

afterAll(async () => {
  await leave(person);
  await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
}, 60_000);

/** A person with a home, notebooks and a cache of their own. */
async function arriveIn(name: string): Promise<Person> {
  const folder = path.join(scratch, name);
  await mkdir(folder);
  return arrive(folder, { env: { BERTH_CACHE_DIR: path.join(folder, 'cache') } });
}

async function environment(name: string, of: Person = person): Promise<EnvironmentOfApi | undefined> {
  const { environments } = await callApi<{ environments: EnvironmentOfApi[] }>(of, 'environments');
  return environments.find(it => it.name === name);
}

async function ready(name: string, of: Person = person): Promise<EnvironmentOfApi> {
  let found: EnvironmentOfApi | undefined;
  await waitUntil(`the environment ${name} is ready`, 120_000, async () => {
    found = await environment(name, of);
    if (found?.state === 'failed') throw new Error(`${name}: ${found.message}`);
    return found?.state === 'ready';
  });
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

const badge = (text: string | RegExp) => inFront(page).getByRole('toolbar').getByRole('button', { name: text });
const dialog = (name: string | RegExp) => page.getByRole('dialog', { name });

test('by keyboard alone: make an environment, use it in the notebook, which is then pinned to it', async () => {
  await badge('Not pinned').waitFor();
  await inFront(page).locator('.jp-Cell').first().press('Escape');
  await command('New Environment');
  await dialog('New environment').waitFor();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('study');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.type('tabulate==0.9.0');
  await screenshot(page, 'new-environment');
  expect(await axeFindings(page, 'dialog')).toEqual([]);
  await page.keyboard.press('Control+Enter');
  await dialog('New environment').waitFor({ state: 'hidden' });
  const { lockHash } = await ready('study');

  await page.getByRole('button', { name: 'study', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Use in this notebook: environment study' }).focus();
  await page.keyboard.press('Enter');
  await badge('Pinned · study').waitFor({ timeout: 60_000 });
  await kernelIsIdle(page);
  expect(await runCell(page, 0)).toBe(`lock ${lockHash}\nhas 0.9.0`);
  await save(page);
  const { metadata, cells } = await readNotebook(person, 'study');
  expect(metadata['uv.lock']).toEqual(expect.stringContaining('name = "tabulate"'));
  expect(metadata.berth?.['pin']).toMatchObject({ environment: 'study', lockHash });
  await waitUntil('the first cell says where its output comes from', 30_000, async () => {
    await save(page);
    return (await readNotebook(person, 'study')).cells[0]?.metadata.berth?.ran !== undefined;
  });
  expect(cells).toHaveLength(2);
  await screenshot(page, 'pinned');
}, 300_000);

test('a run finds the same lock hash as the notebook and its kernel', async () => {
  const { lockHash } = await ready('study');
  await writeNotebook(person, 'run', [CELLS[0] ?? '']);
  const run = await post<{ id: string; lockHash: string }>('runs', {
    notebook: 'run.ipynb',
    framework: 'process',
    environment: 'study'
  });
  expect(run.lockHash).toBe(lockHash);
  await waitUntil('the run has succeeded', 60_000, async () => {
    const { phase, reason } = await callApi<{ phase: string; reason: unknown }>(person, `runs/${run.id}`);
    if (phase === 'Failed') throw new Error(JSON.stringify(reason));
    return phase === 'Succeeded';
  });
  const { lines } = await callApi<{ lines: { text: string }[] }>(person, `runs/${run.id}/logs?rank=0`);
  expect(lines.map(({ text }) => text)).toContain(`lock ${lockHash}`);
}, 120_000);

test('what was installed behind Berth’s back is seen after one execution, and repaired', async () => {
  expect(await runCell(page, 1)).toBe('changed');
  await badge('Drift · 1 package').waitFor({ timeout: 30_000 });
  await badge('Drift · 1 package').click();
  const row = dialog('Environment of this notebook').getByRole('row', { name: /tabulate/ });
  expect(await row.innerText()).toMatch(/0\.9\.0[\s\S]*0\.8\.10/);
  await screenshot(page, 'drift');
  expect(await axeFindings(page, 'dialog')).toEqual([]);
  await page.keyboard.press('Escape');
  expect((await environment('study'))?.changed).toEqual([expect.stringContaining('tabulate')]);
}, 120_000);

test('pinned again to what the kernel has, in a new environment', async () => {
  await badge('Drift · 1 package').click();
  await dialog('Environment of this notebook').getByRole('button', { name: 'Pin to What the Kernel Has…' }).click();
  await dialog('New environment').waitFor();
  await dialog('New environment').getByLabel('Name').fill('study-now');
  await dialog('New environment').getByRole('button', { name: 'Create' }).click();
  const { lockHash } = await ready('study-now');
  // The first cell's output is from before the change: that is said until it is run again.
  await badge('Outputs from another environment').waitFor({ timeout: 60_000 });
  expect(await runCell(page, 0)).toMatch(/has 0\.8\.10$/);
  await badge('Pinned · study-now').waitFor({ timeout: 30_000 });
  await save(page);
  expect((await readNotebook(person, 'study')).metadata.berth?.['pin']).toMatchObject({ lockHash });
}, 240_000);

test('of two tabs that pin the same notebook, the second is told, and keeps what the first has written', async () => {
  const { lockHash } = await ready('study');
  const second = await openNotebook(person, 'study.ipynb');
  await second.getByRole('button', { name: /Pinned · study-now$/ }).waitFor({ timeout: 60_000 });
  await pinTo(page, 'study');
  await waitUntil('the first tab has pinned it', 30_000, async () => (await pinOnDisk())?.lockHash === lockHash);
  await pinTo(second, 'default');
  await second.getByRole('dialog', { name: 'The pin was changed elsewhere' }).waitFor();
  await second.getByRole('button', { name: 'Keep Theirs' }).click();
  await second.getByRole('button', { name: /Drift · 1 package$/ }).waitFor({ timeout: 30_000 });
  expect((await pinOnDisk())?.lockHash).toBe(lockHash);
  await second.context().close();
  await pinTo(page, 'study-now');
  await badge('Pinned · study-now').waitFor({ timeout: 30_000 });
}, 180_000);

async function pinTo(tab: Page, environment: string): Promise<void> {
  await tab.evaluate(`void window.jupyterapp.commands.execute('berth:pin', {environment: '${environment}'})`);
}

async function pinOnDisk(): Promise<{ readonly lockHash?: string } | undefined> {
  return (await readNotebook(person, 'study')).metadata.berth?.['pin'] as { lockHash?: string } | undefined;
}

test('on another machine one click brings the environment back, with the same hash', async () => {
  const { lockHash } = await ready('study-now');
  const other = await arriveIn('second');
  try {
    await cp(path.join(person.notebooks, 'study.ipynb'), path.join(other.notebooks, 'study.ipynb'));
    page = await openNotebook(other, 'study.ipynb');
    await badge('Pinned · restore').click();
    await dialog('Environment of this notebook').getByRole('button', { name: 'Restore' }).click();
    const restored = await ready('study-now', other);
    expect(restored.lockHash).toBe(lockHash);
    await badge('Pinned · study-now').waitFor({ timeout: 60_000 });
    await kernelIsIdle(page);
    expect(await runCell(page, 0)).toBe(`lock ${lockHash}\nhas 0.8.10`);
    await goDark(page);
    await screenshot(page, 'restored-dark');
    expect(await axeFindings(page, '.jp-BerthPanel')).toEqual([]);
  } finally {
    await leave(other);
  }
}, 300_000);

/** Runs a command as people without a mouse do. */
async function command(label: string): Promise<void> {
  await page.keyboard.press('Control+Shift+C');
  await page.keyboard.type(label);
  await page.locator('.lm-CommandPalette-item.lm-mod-active').getByText(label).waitFor();
  await page.keyboard.press('Enter');
}

async function post<T>(route: string, body: object): Promise<T> {
  const response = await fetch(`${person.lab.url}/berth/api/v1/${route}`, {
    method: 'POST',
    headers: { Authorization: `token ${person.lab.token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body)
  });
  if (!response.ok) throw new Error(`${route}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}
