/** What the environments of this machine are put together from. */
import { join } from 'node:path';
import { makePrivateFolder } from '../../../store/index.js';
import { DefinitionStore, packagedNames } from './definitions.js';
import type { Entry } from './environment-entry.js';
import { EnvironmentDefiner } from './environment-definer.js';
import { removeAbandoned } from './environment-folder.js';
import { EnvironmentMaker } from './environment-maker.js';
import { EnvironmentReader } from './environment-reader.js';
import { EnvironmentShelf } from './environment-shelf.js';
import { EnvironmentUses } from './environment-uses.js';
import { probeInterpreter } from './interpreter.js';
import { Interpreters } from './interpreters.js';
import type { LocalEnvironmentsOptions } from './local-environments-options.js';
import { LockTool } from './locks/index.js';
import { uvVariables } from './uv-variables.js';

export interface EnvironmentParts {
  /** The folder of the environments' folders. */
  readonly parent: string;
  /** Names of what ships with Berth. */
  readonly packaged: readonly string[];
  readonly store: DefinitionStore;
  readonly locks: LockTool;
  readonly interpreters: Interpreters;
  readonly definer: EnvironmentDefiner;
  readonly uses: EnvironmentUses;
  readonly shelf: EnvironmentShelf;
  readonly maker: EnvironmentMaker;
  readonly reader: EnvironmentReader;
}

/** Also removes what killed gateways left half-made. */
export async function openParts(options: LocalEnvironmentsOptions): Promise<EnvironmentParts> {
  const { cacheFolder, dataFolder, lockFolder, uvPath, pythonPath = 'python3', log } = options;
  const variables = uvVariables(options.variables ?? process.env);
  const base = await probeInterpreter(pythonPath);
  const parent = join(cacheFolder, 'environments');
  await makePrivateFolder(parent);
  const store = await DefinitionStore.open(join(dataFolder, 'environments'));
  const removed = await removeAbandoned(parent);
  if (removed > 0) log.info('removed half-made environments', { removed });
  const kernelLockFile = join(lockFolder, 'kernel-layer', 'kernel.lock');
  const locks = new LockTool({ uvPath, cacheFolder, variables, kernelLockFile, readWithinMs: options.readWithinMs });
  const interpreters = new Interpreters({ base, uvPath, variables, cwd: '/' });
  const uses = new EnvironmentUses(parent);
  const shelf = new EnvironmentShelf({ ...options, uses });
  const onEnd = (entry: Entry): Promise<void> => shelf.announceSafely(entry);
  const maker = new EnvironmentMaker({
    ...options,
    store,
    variables,
    kernelRequirements: async () => (await locks.kernelLayer()).exported,
    onProgress: entry => void shelf.progressed(entry),
    onEnd
  });
  const reader = new EnvironmentReader({ ...options, maker, onEnd });
  const definer = new EnvironmentDefiner({ lockFolder, parent, locks, interpreters, store });
  return {
    parent,
    packaged: await packagedNames(lockFolder),
    store,
    locks,
    interpreters,
    definer,
    uses,
    shelf,
    maker,
    reader
  };
}
