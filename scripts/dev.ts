/**
 * `npm run dev [-- --headless]`: JupyterLab and the gateway with watch. A saved file is compiled, bundled and live:
 * the gateway is restarted (runs go on without it), the browser page is reloaded.
 * The page is a Chromium of its own; without a display, open the printed URL and reload by hand, or pass `--headless`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { mustRun, ROOT } from './command.ts';
import { gatewayConnection, launchChromium, startLab } from './jupyter-lab.ts';
import { findChromium } from './test-prerequisites.ts';

const home = path.join(ROOT, '.berth', 'dev');
const headless = process.argv.includes('--headless');
const children: ChildProcess[] = [];

function start(name: string, command: string, args: readonly string[], cwd = ROOT): void {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  child.on('exit', code => console.log(`dev: ${name} ended with ${code}`));
  children.push(child);
}

/** Calls `act` once things have been quiet for 300 ms after a change below one of the folders; never twice at a time. */
function onQuietChange(folders: readonly string[], isOne: (name: string) => boolean, act: () => Promise<void>): void {
  let timer: NodeJS.Timeout | undefined;
  let acting = Promise.resolve();
  const actSoon = (_event: string, name: string | null): void => {
    if (name === null || !isOne(name)) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      acting = acting.then(act).catch((error: unknown) => console.error('dev:', error));
    }, 300);
  };
  for (const folder of folders) watch(folder, { recursive: true }, actSoon);
}

async function restartGateway(): Promise<void> {
  await mustRun('node', ['build.ts'], { cwd: path.join(ROOT, 'gateway') });
  const connection = await gatewayConnection(home);
  if (connection !== undefined) process.kill(connection.pid, 'SIGTERM');
  console.log('dev: the gateway was rebuilt; JupyterLab starts it again');
}

async function openPage(url: string): Promise<Page | undefined> {
  const executablePath = findChromium();
  const hasDisplay = process.env['DISPLAY'] !== undefined || process.env['WAYLAND_DISPLAY'] !== undefined;
  if (executablePath === undefined || (!hasDisplay && !headless)) {
    console.log(
      `dev: no ${executablePath === undefined ? 'chromium' : 'display'}: open the page yourself and reload it after changes`
    );
    return undefined;
  }
  const browser = await launchChromium(executablePath, headless || !hasDisplay);
  const page = await browser.newPage();
  await page.goto(url);
  return page;
}

await mkdir(home, { recursive: true });
start('types', 'npx', ['tsc', '-b', '--watch', '--preserveWatchOutput']);
start('extension', 'jupyter-builder', ['watch', '.'], path.join(ROOT, 'extension'));
const lab = await startLab({ rootFolder: path.join(ROOT, 'examples'), home });
const url = `${lab.url}/lab?token=${lab.token}`;
console.log(`dev: JupyterLab is at ${url}`);
const page = await openPage(url);
onQuietChange(
  [path.join(ROOT, 'gateway', 'lib'), path.join(ROOT, 'operator', 'lib')],
  name => name.endsWith('.js'),
  restartGateway
);
onQuietChange(
  [path.join(ROOT, 'extension', 'jupyterlab_berth', 'labextension')],
  () => true,
  async () => {
    await page?.reload();
    console.log('dev: the extension was rebuilt; the page is reloaded');
  }
);

async function end(): Promise<void> {
  for (const child of children) child.kill('SIGTERM');
  await page?.context().browser()?.close();
  await lab.stop();
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end());
