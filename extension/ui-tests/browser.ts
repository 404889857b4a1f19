/** What the browser tests share: one person's Lab on a copy of the examples, a page in it, screenshots and axe. */
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { ROOT } from '../../scripts/command.js';
import { gatewayConnection, type Lab, type LabOptions, launchChromium, startLab } from '../../scripts/jupyter-lab.js';
import { waitUntil } from '../../scripts/wait-until.js';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const SCREENSHOTS = path.join(ROOT, '.berth/screenshots');
const IMAGES = path.join(ROOT, 'docs/images');

export interface Person {
  readonly home: string;
  readonly notebooks: string;
  readonly lab: Lab;
  readonly browser: Browser;
}

/** Starts everything on a copy of the examples, from the repository or `installed`; the caller calls `leave`. */
export async function arrive(scratch: string, options: Omit<LabOptions, 'rootFolder' | 'home'> = {}): Promise<Person> {
  const chromium = process.env['BERTH_TEST_CHROMIUM'];
  if (chromium === undefined) throw new Error('BERTH_TEST_CHROMIUM names no Chromium; run this by `npm test`');
  const home = path.join(scratch, 'home');
  const notebooks = path.join(scratch, 'notebooks');
  await mkdir(home);
  await cp(path.join(ROOT, 'examples'), notebooks, {
    recursive: true,
    filter: source => !/(\.runs|tests|checkpoints|outputs)$/.test(source)
  });
  const lab = await startLab({ rootFolder: notebooks, home, ...options });
  const person = { home, notebooks, lab, browser: await launchChromium(chromium) };
  await callApi(person, 'environments'); // the first request starts the gateway, and that writes the kernels' files
  return person;
}

/** Ends browser and Lab, then waits until the gateway has ended by itself, for nobody holds a lease any more. */
export async function leave(person: Person | undefined): Promise<void> {
  if (person === undefined) return;
  await person.browser.close();
  await person.lab.stop();
  await waitUntil('the gateway ends', 30_000, async () => (await gatewayConnection(person.home)) === undefined);
}

/** Opens JupyterLab on a notebook and waits until it can be worked with. */
export async function openNotebook(person: Person, notebook: string): Promise<Page> {
  const context = await person.browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(`${person.lab.url}/lab/tree/${notebook}?token=${person.lab.token}`);
  await restored(page);
  await trainButton(page).waitFor();
  await answerKernelQuestion(page);
  return page;
}

export async function restored(page: Page): Promise<void> {
  await page.waitForFunction('window.jupyterapp !== undefined');
  await page.evaluate('window.jupyterapp.restored.then(() => true)');
}

/** Training brings its own environment, so a notebook needs no kernel here. */
async function answerKernelQuestion(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog').filter({ hasText: 'Select Kernel' });
  const noKernel = dialog.getByRole('button', { name: 'No Kernel' });
  await Promise.race([
    noKernel.click({ timeout: 3_000 }).catch(() => undefined),
    page
      .getByText('| Idle')
      .waitFor()
      .catch(() => undefined)
  ]);
}

/** The API as the page sees it: through the Jupyter server. */
export async function callApi<T>(person: Person, route: string): Promise<T> {
  const url = `${person.lab.url}/berth/api/v1/${route}`;
  const response = await fetch(url, { headers: { Authorization: `token ${person.lab.token}` } });
  if (!response.ok) throw new Error(`${route}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

export async function goDark(page: Page): Promise<void> {
  await page.evaluate("window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})");
  await page.waitForFunction("document.body.dataset.jpThemeLight === 'false'");
}

export function trainButton(page: Page): Locator {
  return page.getByRole('toolbar').getByRole('button', { name: /^Train/ });
}

/** Kept out of the way; with BERTH_UPDATE_SCREENSHOTS=1 those that the documentation shows are taken anew. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const isShown = process.env['BERTH_UPDATE_SCREENSHOTS'] === '1' && existsSync(path.join(IMAGES, `${name}.png`));
  const folder = isShown ? IMAGES : SCREENSHOTS;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), animations: 'disabled' });
}

/** Serious and critical findings of axe-core in the parts of the page that are ours; one line each. */
export async function axeFindings(page: Page, selector: string): Promise<string[]> {
  await page.evaluate(await readFile(AXE, 'utf8'));
  const run = `axe.run(${JSON.stringify(selector)}).then(result => result.violations)`;
  const violations = await page.evaluate<{ id: string; impact: string; nodes: { html: string }[] }[]>(run);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(node => node.html).join(' | ')}`);
}
