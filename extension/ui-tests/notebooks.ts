/** Notebooks in the browser: write one, open it, run its cells, read what they printed. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { waitUntil } from '../../scripts/wait-until.js';
import type { Person } from './browser.js';

export interface NotebookFile {
  readonly metadata: Record<string, unknown> & { readonly berth?: Record<string, unknown> };
  readonly cells: readonly { readonly metadata: { readonly berth?: { readonly ran?: string } } }[];
}

/** Writes a notebook of these code cells, with the kernelspec of an environment or none. */
export async function writeNotebook(
  person: Person,
  name: string,
  cells: readonly string[],
  environment?: string
): Promise<void> {
  const kernelspec = { name: `berth-${environment}`, display_name: `Berth ${environment}`, language: 'python' };
  const notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: environment === undefined ? {} : { kernelspec },
    cells: cells.map((source, index) => ({
      cell_type: 'code',
      id: `cell-${index}`,
      metadata: {},
      source,
      outputs: [],
      execution_count: null
    }))
  };
  await writeFile(path.join(person.notebooks, `${name}.ipynb`), JSON.stringify(notebook));
}

/** Gives a cell (from 0) of a notebook that is not open a tag, as the property inspector does. */
export async function tagCell(person: Person, name: string, index: number, tag: string): Promise<void> {
  const notebook = await readNotebook(person, name);
  const cells = notebook.cells.map((cell, at) => (at === index ? { ...cell, metadata: { tags: [tag] } } : cell));
  await writeFile(path.join(person.notebooks, `${name}.ipynb`), JSON.stringify({ ...notebook, cells }));
}

export async function readNotebook(person: Person, name: string): Promise<NotebookFile> {
  return JSON.parse(await readFile(path.join(person.notebooks, `${name}.ipynb`), 'utf8')) as NotebookFile;
}

/** Brings a notebook to the front, as from the file browser. */
export async function show(page: Page, name: string): Promise<void> {
  const open = `window.jupyterapp.commands.execute('docmanager:open', {path: '${name}.ipynb'}).then(() => true)`;
  await page.evaluate(open);
  await page.getByRole('tab', { name: `${name}.ipynb`, selected: true }).waitFor();
}

/** The notebook in front. */
export function inFront(page: Page): Locator {
  return page.locator('.jp-NotebookPanel:visible');
}

export async function save(page: Page): Promise<void> {
  await page.evaluate("window.jupyterapp.commands.execute('docmanager:save').then(() => true)");
}

/** Waits until the kernel of the notebook in front has nothing to do. */
export async function kernelIsIdle(page: Page): Promise<void> {
  await page.waitForFunction(
    `window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'`,
    undefined,
    { timeout: 60_000 }
  );
}

/** Runs one cell (from 0) as a person does, and returns what it printed. */
export async function runCell(page: Page, index: number): Promise<string> {
  const cell = inFront(page).locator('.jp-Cell').nth(index);
  await cell.locator('.cm-content').click();
  await page.keyboard.press('Control+Enter');
  await waitUntil(`cell ${index + 1} has run`, 60_000, async () => {
    const prompt = await cell.locator('.jp-InputPrompt').innerText();
    return /\[\d+\]/.test(prompt);
  });
  const outputs = await cell.locator('.jp-OutputArea-output').allInnerTexts();
  return outputs.join('\n').trim();
}
