/** What the rings need beyond the bootstrap, and how it is had: Chromium from Debian, torch by Berth's own environment code. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { mustRun } from './command.ts';
import { hasBinaries } from '../operator/cluster/binaries/build.ts';
import { down, up } from '../operator/cluster/cluster.ts';
import { installPrerequisites, missingPrerequisites } from '../operator/cluster/prerequisites.ts';
import { defaultEnvironment } from './default-environment.ts';

const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

export function findChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return CHROMIUM_NAMES.flatMap(name => folders.map(folder => join(folder, name))).find(existsSync);
}

/** Installs Debian's chromium, and a font without which pages have no text. Says what it installs. */
export async function installChromium(): Promise<string | undefined> {
  const packages = ['chromium', 'fonts-dejavu-core'];
  if (process.getuid?.() !== 0) {
    console.log(`test: chromium is missing and only root may install it: apt-get install ${packages.join(' ')}`);
    return undefined;
  }
  console.log(`test: installing system packages: ${packages.join(' ')}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await mustRun('apt-get', ['update', '-qq'], { env });
  await mustRun('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env, capture: true });
  return findChromium();
}

/** The interpreter of the default environment, if it has been made on this machine. */
export async function findTorchPython(): Promise<string | undefined> {
  return (await defaultEnvironment()).python;
}

/** Makes the default environment the way the gateway does: about 3 GB to download. */
export async function makeTorchEnvironment(): Promise<string | undefined> {
  const environment = await defaultEnvironment({ create: true });
  if (environment.python === undefined) console.error(`test: the default environment: ${environment.message}`);
  return environment.python;
}

/** Why no test cluster can run here, in a line; undefined where one can. `install`: first mends what may be mended. */
export async function whyNoCluster({ install }: { readonly install: boolean }): Promise<string | undefined> {
  if (install && process.getuid?.() === 0) await installPrerequisites('queue', line => console.log(`test: ${line}`));
  const [complaint] = await missingPrerequisites('queue');
  if (complaint !== undefined) return complaint;
  if (install || (await hasBinaries())) return undefined;
  return 'its programs are not built yet (`npm run cluster -- up` builds them in some ten minutes)';
}

/** Runs tests on the shared cluster `test`: a fresh one, which is gone afterwards, as is one beside it, however they end. */
export async function onTestCluster<T>(run: () => Promise<T>): Promise<T> {
  const say = (line: string): void => console.log(`test: cluster: ${line}`);
  const end = async (): Promise<void> => {
    for (const name of ['test', 'beside']) await down(name, say);
  };
  await end();
  try {
    await up({ name: 'test', profile: 'queue' }, say);
    return await run();
  } finally {
    await end();
  }
}
