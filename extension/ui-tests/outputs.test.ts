/**
 * A person starts cells that print for a while, closes the browser, and finds every line when they come back: while the
 * cells still run, after they have ended, and after the server was stopped. Real Lab, kernel and Chromium.
 * BERTH_UI_AWAY_S=120 keeps the browser closed for two minutes.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { startLab } from '../../scripts/jupyter-lab.js';
import { waitUntil } from '../../scripts/wait-until.js';
import { arrive, leave, openNotebook, type Person, restored, screenshot } from './browser.js';
import { inFront, save, show } from './notebooks.js';

/** So many lines, one a second, are printed while no page is there. */
const AWAY_S = Number(process.env['BERTH_UI_AWAY_S'] ?? 4);
/** So many were seen before. */
const SEEN = 2;
const PATIENCE_MS = (AWAY_S + 60) * 1000;

/** It prints until it finds a file named after the notebook. */
const printing = (name: string): string => `import os, time
from itertools import count
from IPython.display import display
shown = display("step 0", display_id=True)
for number in count():
    print(f"line {number}")
    shown.update(f"step {number + 1}")
    if os.path.exists("${name}.enough"):
        break
    time.sleep(1)`;
const BAR = `for number in range(1, 11):
    print(f"\\r{number * 10}% |{'#' * number}", end="", flush=True)
    time.sleep(0.1)
print("\\ndone")`;
const WHOLE_BAR = `100% |${'#'.repeat(10)}\ndone`;

interface Kept {
  readonly cellId: string;
  readonly phase: string;
  readonly outputs: readonly { readonly text?: string }[];
}

let scratch: string;
let person: Person;

beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'berth-ui-'));
  person = await arrive(scratch);
}, 120_000);

afterAll(async () => {
  await leave(person);
  await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
}, 60_000);

async function writePrinting(name: string): Promise<void> {
  const cells = [printing(name), BAR].map((source, index) => ({
    cell_type: 'code',
    id: `cell-${index}`,
    metadata: {},
    source,
    execution_count: null,
    outputs: [{ output_type: 'stream', name: 'stdout', text: 'of an earlier run' }]
  }));
  const metadata = { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } };
  const notebook = { nbformat: 4, nbformat_minor: 5, metadata, cells };
  await writeFile(path.join(person.notebooks, `${name}.ipynb`), JSON.stringify(notebook));
}

async function keptOf(name: string): Promise<Kept[]> {
  const url = `${person.lab.url}/berth/outputs?path=${name}.ipynb`;
  const response = await fetch(url, { headers: { Authorization: `token ${person.lab.token}` } });
  return ((await response.json()) as { executions: Kept[] }).executions;
}

/** Waits until the server has kept this line of the first cell. */
async function untilKept(name: string, line: string): Promise<void> {
  await waitUntil(`${line} is kept`, PATIENCE_MS, async () => {
    const cell = (await keptOf(name)).find(({ cellId }) => cellId === 'cell-0');
    return cell?.outputs.some(({ text }) => text?.includes(`${line}\n`)) === true;
  });
}

const cellIn = (page: Page, index: number) => inFront(page).locator('.jp-Cell').nth(index);
/** JupyterLab renders a cell when it comes into sight. */
async function promptIn(page: Page, index: number): Promise<string | null> {
  await cellIn(page, index).scrollIntoViewIfNeeded();
  return cellIn(page, index).locator('.jp-InputPrompt').textContent();
}

async function textIn(page: Page, index: number): Promise<string> {
  await cellIn(page, index).scrollIntoViewIfNeeded();
  const outputs = await cellIn(page, index).locator('.jp-OutputArea-output').allTextContents();
  return outputs.map(text => text.trim()).join('\n');
}

async function enough(name: string): Promise<void> {
  await writeFile(path.join(person.notebooks, `${name}.enough`), '');
}

/** Runs both cells, and closes the browser's window when the first lines can be seen. */
async function startAndLeave(name: string): Promise<void> {
  await writePrinting(name);
  const page = await open(name);
  await page.waitForFunction(
    `window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'`
  );
  void page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells').then(() => true)").catch(() => null);
  await cellIn(page, 0)
    .getByText(`line ${SEEN - 1}`)
    .waitFor({ timeout: 30_000 });
  await page.context().close();
}

/** Every line from the first to the one that the display has counted, in order and once, and the bar at its end. */
async function untilWhole(page: Page): Promise<void> {
  await waitUntil('both cells have ended', PATIENCE_MS, async () => (await promptIn(page, 1)) === '[2]:');
  expect(await promptIn(page, 0)).toBe('[1]:');
  const lines = await textIn(page, 0);
  const count = Number(/^'step (\d+)'/.exec(lines)?.[1]);
  expect(count).toBeGreaterThan(SEEN + AWAY_S);
  expect(lines).toBe([`'step ${count}'`, ...Array.from({ length: count }, (_, number) => `line ${number}`)].join('\n'));
  expect(await textIn(page, 1)).toBe(WHOLE_BAR);
}

async function untilSaved(page: Page, name: string): Promise<void> {
  await save(page);
  await waitUntil('the server keeps nothing more', 30_000, async () => (await keptOf(name)).length === 0);
  const file = await readFile(path.join(person.notebooks, `${name}.ipynb`), 'utf8');
  expect(file).toContain(`line ${SEEN + AWAY_S}\\n`);
}

/** In a window of its own, as after the browser was closed. */
async function open(name: string): Promise<Page> {
  const page = await openNotebook(person, `${name}.ipynb`);
  await show(page, name);
  return page;
}

test('a page that is opened while cells run shows all lines so far, goes on, and doubles nothing', async () => {
  await startAndLeave('running');
  const last = `line ${SEEN + AWAY_S}`;
  await untilKept('running', last);
  const page = await open('running');
  await cellIn(page, 0).getByText(last).waitFor({ timeout: 30_000 });
  expect([await promptIn(page, 0), await promptIn(page, 1)]).toEqual(['[*]:', '[*]:']);
  expect(await textIn(page, 1)).toBe('of an earlier run');
  await screenshot(page, 'outputs-resumed');
  await enough('running');
  await untilWhole(page);
  await untilSaved(page, 'running');

  await page.reload();
  await restored(page);
  await untilWhole(page);
  await page.context().close();
}, 600_000);

test('what cells printed until they ended is there, even when the server was stopped meanwhile', async () => {
  await startAndLeave('ended');
  await untilKept('ended', `line ${SEEN + AWAY_S}`);
  await enough('ended');
  await waitUntil('both cells have ended', PATIENCE_MS, async () =>
    (await keptOf('ended')).every(({ phase }) => phase === 'ended')
  );
  await person.lab.stop();
  person = { ...person, lab: await startLab({ rootFolder: person.notebooks, home: person.home }) };
  const page = await open('ended');
  await untilWhole(page);
  await untilSaved(page, 'ended');
}, 600_000);
