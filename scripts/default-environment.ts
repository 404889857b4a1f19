/** The default environment as the gateway would find or make it on this machine, for tests that need torch. */
import path from 'node:path';
import { LocalEnvironments } from '../gateway/lib/platform/local/environments/index.js';
import { cacheFolder } from './cache-folder.ts';
import { ROOT, TOOL_PYTHON } from './command.ts';
import { withScratch } from './jupyter-lab.ts';
import { waitUntil } from './wait-until.ts';

const LONGEST_MS = 30 * 60_000;
const LONGEST_IMPORT_MS = 10 * 60_000;

export interface DefaultEnvironment {
  /** Its interpreter; undefined when it is not there. */
  readonly python: string | undefined;
  readonly message: string;
}

/** Looks for it; with `create` makes it where it is missing, telling the progress on stdout. */
export function defaultEnvironment(options: { create?: boolean } = {}): Promise<DefaultEnvironment> {
  return withScratch(async scratch => {
    const environments = await LocalEnvironments.open({
      cacheFolder: cacheFolder(),
      kernelsFolder: path.join(scratch, 'kernels'),
      dataFolder: path.join(scratch, 'data'),
      lockFolder: path.join(ROOT, 'gateway', 'environments'),
      uvPath: path.join(path.dirname(TOOL_PYTHON), 'uv'),
      pythonPath: TOOL_PYTHON,
      log: console,
      clock: () => new Date()
    });
    try {
      if (options.create === true) await make(environments);
      const { state, message } = await environments.get('default');
      return { python: state === 'ready' ? await environments.python('default') : undefined, message };
    } finally {
      await environments.close();
    }
  });
}

async function make(environments: LocalEnvironments): Promise<void> {
  let told = '';
  environments.onChange(({ message }) => {
    if (message !== told) console.log(`test: default environment: ${message}`);
    told = message;
  });
  await environments.create('default');
  await waitUntil(
    'the default environment is made',
    LONGEST_MS,
    async () => (await environments.get('default')).state !== 'creating'
  );
  const isLookedOver = async (): Promise<boolean> => {
    const { state, sizeBytes } = await environments.get('default');
    return state !== 'ready' || sizeBytes !== null;
  };
  // Tests that import torch in many processes at once want what its first import compiles.
  await waitUntil('the default environment was imported once', LONGEST_IMPORT_MS, isLookedOver);
}
