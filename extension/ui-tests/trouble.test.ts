/** What goes wrong is said where the person looks, in words that help, and nothing is left behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { gatewayConnection } from '../../scripts/jupyter-lab.js';
import { waitUntil } from '../../scripts/wait-until.js';
import {
  arrive,
  axeFindings,
  callApi,
  goDark,
  leave,
  openNotebook,
  type Person,
  screenshot,
  trainButton
} from './browser.js';
import { show, writeNotebook } from './notebooks.js';

let scratch: string;
let person: Person;
let page: Page;

beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'berth-ui-'));
  person = await arrive(scratch);
  await writeNotebook(person, 'broken', ["print('before the fall', flush=True)", 'import nowhere'], 'default');
  await writeNotebook(person, 'installs', ['x = 1', '%pip install something'], 'default');
  await writeNotebook(
    person,
    'endless',
    [
      'import subprocess, time',
      "subprocess.Popen(['sleep', '3600'], start_new_session=True)",
      "print('never ends', flush=True)\nwhile True: time.sleep(0.1)"
    ],
    'default'
  );
  page = await openNotebook(person, 'broken.ipynb');
}, 120_000);

afterAll(async () => {
  await leave(person);
  await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
}, 60_000);

const dialog = () => page.getByRole('dialog', { name: /^Train/ });
const runPage = (name: string) => page.getByRole('region', { name: `Run ${name}` });

test('more processes than the machine has can be seen to be impossible, and nothing can be submitted', async () => {
  await trainButton(page).click();
  await dialog().getByLabel('Processes').fill('1000');
  await dialog()
    .getByText(/Not possible/)
    .waitFor();
  await dialog()
    .getByText(/1 to \d+/)
    .first()
    .waitFor();
  expect(await dialog().getByRole('button', { name: 'Train' }).isDisabled()).toBe(true);
  await dialog().getByLabel('Processes').fill('0');
  await dialog()
    .getByText(/Not possible/)
    .waitFor();
  await screenshot(page, 'never');
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'hidden' });
  expect((await callApi<{ runs: unknown[] }>(person, 'runs')).runs).toEqual([]);
}, 60_000);

test('a module that is missing is named, with the cell; by keyboard alone', async () => {
  await page.locator('.jp-NotebookPanel:visible .jp-Cell').first().click();
  await page.keyboard.press('Control+Alt+Enter');
  await dialog().getByText(/^Now/).waitFor();
  await page.keyboard.press('Enter');
  const reason = runPage('broken')
    .getByText(/^Rank \d exited with code 1/)
    .first();
  await reason.waitFor({ timeout: 60_000 });
  expect(await reason.innerText()).toMatch(/ModuleNotFoundError: No module named 'nowhere'.*cell 2/s);
  await runPage('broken').getByRole('log').getByText('before the fall').waitFor();
  await screenshot(page, 'failed');
  expect(await axeFindings(page, '.jp-BerthRunPage')).toEqual([]);
}, 90_000);

test('a cell that installs packages is named before anything is submitted', async () => {
  await show(page, 'installs');
  await page
    .locator('.jp-NotebookPanel:visible')
    .getByRole('button', { name: /^Train/ })
    .click();
  await dialog()
    .getByText(/[Cc]ell 2/)
    .first()
    .waitFor();
  expect(await dialog().getByRole('button', { name: 'Train' }).isDisabled()).toBe(true);
  await page.keyboard.press('Escape');
}, 60_000);

test('cancel ends everything that the run has started', async () => {
  await show(page, 'endless');
  await page
    .locator('.jp-NotebookPanel:visible')
    .getByRole('button', { name: /^Train/ })
    .click();
  await dialog().getByText(/^Now/).waitFor();
  await page.keyboard.press('Enter');
  await runPage('endless').getByRole('log').getByText('never ends').waitFor({ timeout: 60_000 });
  expect(await processesOfRuns()).not.toEqual([]);
  await runPage('endless')
    .getByRole('button', { name: /^Cancel/ })
    .click();
  await page.getByRole('button', { name: 'Cancel Run' }).click();
  await runPage('endless').getByText('Cancelled').first().waitFor({ timeout: 60_000 });
  await waitUntil('every process of the run is gone', 10_000, async () => (await processesOfRuns()).length === 0);
}, 120_000);

/** Ids of processes that were started by a run of this test's person. */
async function processesOfRuns(): Promise<string[]> {
  const ids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
  const marked = ids.map(async id => {
    const environment = await readFile(`/proc/${id}/environ`, 'utf8').catch(() => '');
    return environment.includes(`BERTH_ATTEMPT_DIR=${scratch}`) ? [id] : [];
  });
  return (await Promise.all(marked)).flat();
}

test('a gateway that cannot come back is said to be down, and everything is there again when it can', async () => {
  const before = await gatewayConnection(person.home);
  // Whoever holds the lock is the gateway: as long as this process does, the Jupyter server can start no other.
  const holder = spawn('flock', [path.join(person.home, 'data', 'berth', 'gateway.lock'), 'sleep', '120'], {
    detached: true
  });
  try {
    const holds = async (state: string): Promise<boolean> =>
      new RegExp(`${state} FLOCK +ADVISORY +WRITE ${holder.pid} `, 'm').test(await readFile('/proc/locks', 'utf8'));
    await waitUntil('the holder waits for the lock', 10_000, () => holds('->'));
    // The server looks for a new gateway within milliseconds: standing still, it cannot have the lock before the holder.
    person.lab.process.kill('SIGSTOP');
    if (before === undefined) throw new Error('there is no gateway');
    process.kill(before.pid, 'SIGKILL');
    await waitUntil('the holder has the lock', 10_000, () => holds(String.raw`^\d+:`));
    person.lab.process.kill('SIGCONT');
    await page.getByText('gateway is not answering').first().waitFor({ timeout: 90_000 });
    await page.getByRole('tab', { name: /Berth/ }).first().focus();
    await screenshot(page, 'gateway-down');
    expect(await axeFindings(page, '.jp-BerthPanel')).toEqual([]);
  } finally {
    person.lab.process.kill('SIGCONT');
    endGroup(holder);
  }
  await waitUntil('another gateway answers', 60_000, async () => {
    const now = await gatewayConnection(person.home);
    return now !== undefined && now.pid !== before?.pid;
  });
  await page.getByText('gateway is not answering').first().waitFor({ state: 'hidden', timeout: 60_000 });
  const { runs } = await callApi<{ runs: { name: string; phase: string }[] }>(person, 'runs');
  expect(runs.map(({ name, phase }) => `${name} ${phase}`)).toEqual(['endless Cancelled', 'broken Failed']);
  await goDark(page);
  await screenshot(page, 'back-dark');
}, 240_000);

function endGroup(child: ChildProcess): void {
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
}
