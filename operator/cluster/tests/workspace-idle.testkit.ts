/** What a person has before them in the page of a workspace that is judged: a notebook of one cell, a warning, a countdown, a banner. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { ROOT } from '../../../scripts/command.js';
import type { PortForward } from './notebook-server.testkit.js';

const NOTEBOOK = 'work.ipynb';
const SCREENSHOTS = path.join(ROOT, '.berth/screenshots');
const IMAGES = path.join(ROOT, 'docs/images');
/** Lab is loaded through two proxies, by a machine that has more to do. */
const LONGEST_LOAD_MS = 90_000;

/** Opens JupyterLab on a notebook with this one cell, in a browser profile of its own. */
export async function openNotebook(browser: Browser, lab: PortForward, source: string): Promise<Page> {
  const cell = { cell_type: 'code', id: 'one', metadata: {}, source, outputs: [], execution_count: null };
  const kernelspec = { name: 'python3', display_name: 'Python 3', language: 'python' };
  const content = { nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells: [cell] };
  await lab.ask('PUT', `/api/contents/${NOTEBOOK}`, { type: 'notebook', content });
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  page.on('dialog', dialog => void dialog.accept()); // of a page that is left
  await goTo(page, lab);
  await page.getByText('| Idle').waitFor({ timeout: LONGEST_LOAD_MS });
  await page
    .locator('.Toastify__toast')
    .filter({ hasText: 'Jupyter news' })
    .getByRole('button', { name: 'No', exact: true })
    .click();
  return page;
}

/** Loads the notebook from where its workspace answers now. */
export async function goTo(page: Page, lab: PortForward): Promise<void> {
  await page.goto(lab.address.replace('/lab?', `/lab/tree/${NOTEBOOK}?`));
  await page.getByRole('tab', { name: NOTEBOOK }).waitFor({ timeout: LONGEST_LOAD_MS });
}

/** As a person does; waits until its prompt is `*` while it runs, or a number once it has. */
export async function runCell(page: Page, until: '*' | '1'): Promise<void> {
  await page.locator('.jp-Cell .cm-content').first().click();
  await page.keyboard.press('Control+Enter');
  await page.locator('.jp-Cell .jp-InputPrompt').first().getByText(`[${until}]`).waitFor();
}

export const warningIn = (page: Page): Locator =>
  page.locator('.Toastify__toast').filter({ hasText: 'The whole workspace is stopped at' });

export const countdownIn = (page: Page): Locator =>
  page.getByRole('button', { name: /^Idle timer: / }).getByText(/Stopped in \d:\d\d$/);

export const bannerIn = (page: Page): Locator => page.getByRole('region', { name: /^The workspace was stopped at/ });

/** Kept out of the way; with BERTH_UPDATE_SCREENSHOTS=1 one that the documentation shows is taken anew. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const isShown = process.env['BERTH_UPDATE_SCREENSHOTS'] === '1' && existsSync(path.join(IMAGES, `${name}.png`));
  const folder = isShown ? IMAGES : SCREENSHOTS;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), animations: 'disabled' });
}
