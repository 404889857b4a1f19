/**
 * The one path that has to work: a person opens JupyterLab, presses Train on a real notebook, sees every rank's log and a
 * falling curve, and finds the checkpoint beside the notebook. Real Lab, gateway, torchrun, torch and Chromium, installed from
 * the wheel on a machine without Node; the page is reloaded and the gateway killed in the middle.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { installWheel } from '../../scripts/installed-wheel.js';
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
  restored,
  screenshot,
  trainButton
} from './browser.js';

interface RunOfApi {
  readonly id: string;
  readonly phase: string;
  readonly reason: { readonly message: string } | null;
  readonly metrics: { readonly name: string; readonly points: [number, number][] }[];
}

let scratch: string;
let person: Person;

beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'berth-ui-'));
  person = await arrive(scratch, await installWheel('jupyterlab', scratch));
}, 240_000);

afterAll(async () => {
  await leave(person);
  await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
}, 60_000);

async function newestRun(): Promise<RunOfApi | undefined> {
  return (await callApi<{ runs: RunOfApi[] }>(person, 'runs')).runs[0];
}

async function waitForPhase(phase: string, timeoutMs: number): Promise<RunOfApi> {
  let run: RunOfApi | undefined;
  await waitUntil(`the run is ${phase}`, timeoutMs, async () => {
    run = await newestRun().catch(() => undefined); // the gateway may be on its way back
    if (run?.phase === 'Failed') throw new Error(`the run failed: ${run.reason?.message}`);
    return run?.phase === phase;
  });
  if (run === undefined) throw new Error('no run');
  return run;
}

const runPage = (page: Page) => page.getByRole('region', { name: 'Run 01-train' });
const log = (page: Page) => runPage(page).getByRole('log');

test('open Lab, press Train, watch every rank, keep the checkpoint', async () => {
  const page = await openNotebook(person, '01-train.ipynb');

  await trainButton(page).click();
  const dialog = page.getByRole('dialog', { name: /^Train/ });
  await dialog.getByText('Now', { exact: false }).first().waitFor();
  await screenshot(page, 'train-dialog');
  expect(await axeFindings(page, 'dialog')).toEqual([]);
  await page.keyboard.press('Enter');

  await waitForPhase('Running', 60_000);
  await runPage(page).getByText('Running').first().waitFor();
  await log(page).getByText('rank 0').first().waitFor({ timeout: 60_000 });
  await runPage(page)
    .getByRole('tab', { name: /Rank 1/ })
    .click();
  await log(page).getByText('rank 1').first().waitFor();

  await page.reload();
  await restored(page);
  await log(page).getByText('rank').first().waitFor();

  const before = await gatewayConnection(person.home);
  expect(before).toBeDefined();
  process.kill(before?.pid ?? 0, 'SIGKILL');
  await waitUntil('another gateway answers', 30_000, async () => {
    const now = await gatewayConnection(person.home);
    return now !== undefined && now.pid !== before?.pid && (await newestRun().catch(() => undefined)) !== undefined;
  });
  expect((await newestRun())?.phase).toMatch(/Running|Succeeded/);
  await runPage(page).getByRole('img', { name: /loss/ }).first().waitFor({ timeout: 60_000 });
  await screenshot(page, 'running');

  const run = await waitForPhase('Succeeded', 180_000);
  await runPage(page).getByText('Succeeded').first().waitFor();
  await runPage(page)
    .getByRole('tab', { name: /Rank 0/ })
    .click();
  await log(page)
    .getByText(/recall@20/)
    .first()
    .waitFor();
  await screenshot(page, 'run');
  expect(await axeFindings(page, '.jp-BerthRunPage')).toEqual([]);
  expect(await axeFindings(page, '.jp-BerthPanel')).toEqual([]);

  const loss = run.metrics.find(metric => metric.name === 'loss')?.points ?? [];
  expect(loss.length).toBeGreaterThan(5);
  expect(loss.at(-1)?.[1]).toBeLessThan(loss[0]?.[1] ?? -Infinity);
  const results = path.join(person.notebooks, '01-train.runs', run.id);
  expect(await readdir(path.join(results, 'checkpoints'))).not.toEqual([]);
  expect(await readdir(path.join(results, 'outputs'))).toEqual(expect.arrayContaining(['metrics.json']));
  await expectLogIsWhole(run.id);

  await goDark(page);
  await screenshot(page, 'run-dark');
  expect(await axeFindings(page, '.jp-BerthRunPage')).toEqual([]);
  expect(await axeFindings(page, '.jp-BerthPanel')).toEqual([]);
}, 420_000);

/** Read in small pages, the log has the same lines as read in one: none lost, none doubled. */
async function expectLogIsWhole(id: string): Promise<void> {
  interface LogPage {
    readonly lines: { readonly atMs: number; readonly text: string }[];
    readonly cursor: string;
    readonly end: boolean;
  }
  const whole = await callApi<LogPage>(person, `runs/${id}/logs?rank=0&limit=10000`);
  const pages: LogPage['lines'] = [];
  let cursor = '0:0';
  for (let end = false; !end;) {
    const page = await callApi<LogPage>(person, `runs/${id}/logs?rank=0&limit=7&cursor=${cursor}`);
    pages.push(...page.lines);
    ({ cursor, end } = page);
  }
  expect(whole.end).toBe(true);
  expect(pages).toEqual(whole.lines);
  expect(pages.length).toBeGreaterThan(20);
}
