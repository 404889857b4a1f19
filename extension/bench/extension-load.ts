/**
 * How much the suite adds to the start of JupyterLab: from starting the server to the restored page, with it and without
 * it, interleaved; and what its scripts weigh, gzipped.
 */
import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { median, printReport, spread } from '../../scripts/bench-report.ts';
import { ROOT } from '../../scripts/command.ts';
import { launchChromium, startLab, withScratch } from '../../scripts/jupyter-lab.ts';
import { findChromium } from '../../scripts/test-prerequisites.ts';

const LABEXTENSIONS = path.join(ROOT, '.berth/tools/share/jupyter/labextensions');
const STATIC = path.join(ROOT, 'extension/jupyterlab_berth/labextension/static');

export async function bench(args: readonly string[]): Promise<void> {
  const rounds = Math.max(5, Number(args[0] ?? 7));
  const executable = findChromium();
  if (executable === undefined) throw new Error('this bench needs chromium');
  const browser = await launchChromium(executable);
  const withSuite: number[] = [];
  const without: number[] = [];
  try {
    await startOnce(browser, true); // warm the disk cache and the bytecode for both
    await startOnce(browser, false);
    for (let round = 0; round < rounds; round += 1) {
      const order = round % 2 === 0 ? [true, false] : [false, true];
      for (const suite of order) (suite ? withSuite : without).push(await startOnce(browser, suite));
    }
  } finally {
    await browser.close();
  }
  const ratios = without.map((ms, round) => ms / (withSuite[round] ?? NaN));
  printReport({
    bench: 'extension-load',
    ours: { lab_ms: Math.round(median(withSuite)), gzip_kib: round1(await gzipKib()) },
    peers: { lab_without_ms: Math.round(median(without)) },
    ratio: { lab_without: Math.round(median(ratios) * 1000) / 1000 },
    conditions: {
      rounds,
      lab_ms: spread(withSuite),
      lab_without_ms: spread(without),
      started: 'server process and page, fresh profile'
    }
  });
}

/** Milliseconds from starting `jupyter lab` to the restored page. */
async function startOnce(browser: Browser, suite: boolean): Promise<number> {
  return withScratch(async home => {
    const rootFolder = path.join(home, 'notebooks');
    await mkdir(rootFolder);
    const start = performance.now();
    const lab = await startLab({ rootFolder, home, args: suite ? [] : await argumentsWithout(home) });
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      await page.goto(`${lab.url}/lab?token=${lab.token}`);
      await restored(page, suite);
      return performance.now() - start;
    } finally {
      await context.close();
      await lab.stop();
    }
  });
}

/** Also makes sure that the page has what it should have, so that nothing is compared with itself. */
async function restored(page: Page, suite: boolean): Promise<void> {
  await page.waitForFunction('window.jupyterapp !== undefined');
  await page.evaluate('window.jupyterapp.restored.then(() => true)');
  const found = await page.evaluate<boolean>("window.jupyterapp.hasPlugin('@berth/extension:runs')");
  if (found !== suite)
    throw new Error(`the suite is ${found ? '' : 'not '}in a page that was to be ${suite ? 'with' : 'without'} it`);
}

/** The same Lab with every other extension but ours, in browser and server. */
async function argumentsWithout(home: string): Promise<string[]> {
  const folder = path.join(home, 'labextensions');
  await mkdir(folder);
  for (const name of await readdir(LABEXTENSIONS)) {
    if (name !== '@berth') await symlink(path.join(LABEXTENSIONS, name), path.join(folder, name));
  }
  return [`--LabApp.labextensions_path=["${folder}"]`, "--ServerApp.jpserver_extensions={'jupyterlab_berth': False}"];
}

async function gzipKib(): Promise<number> {
  const scripts = (await readdir(STATIC)).filter(name => name.endsWith('.js'));
  const sizes = await Promise.all(scripts.map(async name => gzipSync(await readFile(path.join(STATIC, name))).length));
  return sizes.reduce((sum, size) => sum + size, 0) / 1024;
}

const round1 = (value: number): number => Math.round(value * 10) / 10;
