/**
 * A person gives a notebook a GPU, keeps it over a restart, lets another notebook wait for it, and gives it back. Real Lab,
 * gateway, provisioner, kernels and Chromium; only the driver's `nvidia-smi` is a script that prints what a machine with
 * GPUs says, since no test machine has any.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { ROOT } from '../../scripts/command.js';
import { waitUntil } from '../../scripts/wait-until.js';
import {
  arrive,
  axeFindings,
  callApi,
  goDark,
  leave,
  openNotebook,
  type Person,
  restored,
  screenshot
} from './browser.js';
import { inFront, kernelIsIdle, runCell, save, readNotebook, show, writeNotebook } from './notebooks.js';

const FIXTURE = path.join(ROOT, 'gateway/src/platform/local/compute/fixtures/t4-driver-515');
const CELL = 'import os\nprint(os.environ["CUDA_VISIBLE_DEVICES"] or "no GPU")';
const GPU = /^GPU-[0-9a-f-]{36}$/;

interface KernelOfApi {
  readonly name: string;
  readonly phase: string;
  readonly offer: string;
  readonly devices: readonly string[];
}

let scratch: string;
let person: Person;
let page: Page;

beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'berth-ui-'));
  const driver = path.join(scratch, 'nvidia-smi');
  await writeFile(driver, `#!/bin/sh\nif [ "$1" = -L ]; then cat ${FIXTURE}.list.txt; else cat ${FIXTURE}.xml; fi\n`, {
    mode: 0o755
  });
  person = await arrive(scratch, { env: { BERTH_NVIDIA_SMI: driver } });
  await writeNotebook(person, 'first', [CELL], 'default');
  await writeNotebook(person, 'second', [CELL], 'default');
  page = await openNotebook(person, 'first.ipynb');
}, 120_000);

afterAll(async () => {
  await leave(person);
  await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
}, 60_000);

const picker = (text: string | RegExp) =>
  inFront(page).getByRole('group', { name: 'Compute' }).getByRole('button', { name: text });
const dialog = () => page.getByRole('dialog', { name: 'Compute and environment' });

async function holders(): Promise<string[]> {
  const { kernels } = await callApi<{ kernels: KernelOfApi[] }>(person, 'kernels');
  return kernels.map(({ name, phase, offer }) => `${name} ${phase} ${offer.replace(/-.*/, '')}`).sort();
}

test('by keyboard alone: the notebook gets a GPU, and only its kernel is restarted', async () => {
  await kernelIsIdle(page);
  expect(await runCell(page, 0)).toBe('no GPU');
  await picker('CPU').focus();
  await page.keyboard.press('Enter');
  await dialog().getByRole('combobox', { name: 'Environment' }).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  await dialog().getByText(/^Now/).waitFor();
  await screenshot(page, 'compute-dialog');
  expect(await axeFindings(page, 'dialog')).toEqual([]);
  await page.keyboard.press('Enter');
  await picker(/T4/).waitFor({ timeout: 60_000 });
  await kernelIsIdle(page);
  expect(await runCell(page, 0)).toMatch(GPU);
  await save(page);
  expect((await readNotebook(person, 'first')).metadata.berth?.['compute']).toMatchObject({ count: 1 });
}, 180_000);

test('a restart of the kernel keeps the same GPU', async () => {
  const before = await runCell(page, 0);
  await page.evaluate('window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart().then(() => true)');
  await kernelIsIdle(page);
  expect(await runCell(page, 0)).toBe(before);
  expect(await holders()).toEqual(['first Running gpu']);
}, 90_000);

test('a second notebook waits in line with its kernel kept, also after a reload, and gets it when it is free', async () => {
  await show(page, 'second');
  await kernelIsIdle(page);
  expect(await runCell(page, 0)).toBe('no GPU');
  await picker('CPU').click();
  await dialog().getByRole('radio', { name: /T4/ }).check();
  await dialog().getByText(/^Wait/).waitFor();
  await dialog().getByRole('button', { name: 'Apply' }).click();
  await dialog().waitFor({ state: 'hidden' });
  await picker('Waiting · place 1').waitFor({ timeout: 30_000 });
  await page.reload();
  await restored(page);
  await show(page, 'second');
  await picker('Waiting · place 1').waitFor({ timeout: 30_000 });
  await screenshot(page, 'waiting');

  await show(page, 'first');
  await picker(/T4/).click();
  await dialog().getByRole('button', { name: 'Release' }).click();
  await dialog().getByRole('button', { name: 'Release and Restart' }).click();
  await waitUntil('the GPU is ready for the second notebook', 60_000, async () =>
    (await holders()).some(it => /^second (Ready|Starting|Running) gpu/.test(it))
  );
  if (await dialog().isVisible()) await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Switch Now' }).click();
  await show(page, 'second');
  await picker(/T4/).waitFor({ timeout: 60_000 });
  await kernelIsIdle(page);
  expect(await runCell(page, 0)).toMatch(GPU);
}, 240_000);

test('the panel shows who holds what; shutting the kernel down gives it back', async () => {
  await page.evaluate("window.jupyterapp.commands.execute('berth:show-panel').then(() => true)");
  await page.getByRole('list', { name: 'What I hold' }).getByRole('listitem', { name: 'second' }).waitFor();
  await page
    .getByRole('img', { name: /^GPU memory:/ })
    .first()
    .waitFor({ timeout: 30_000 });
  await screenshot(page, 'compute');
  expect(await axeFindings(page, '.jp-BerthPanel')).toEqual([]);
  await goDark(page);
  await screenshot(page, 'compute-dark');
  expect(await axeFindings(page, '.jp-BerthPanel')).toEqual([]);
  await page.getByRole('button', { name: 'Shut Down: second' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Shut Down/ })
    .click();
  await waitUntil('nobody holds the GPU', 60_000, async () => !(await holders()).some(it => it.endsWith('gpu')));
}, 120_000);
