/** Environments for tests that are about something else: one, `default`, that is always ready. */
import { type Environment, PlatformError } from '../../contract/index.js';
import type { RunEnvironments } from '../../platform/local/index.js';

export function fixedEnvironments(pythonPath: string): RunEnvironments {
  const environment: Environment = {
    name: 'default',
    hash: '0'.repeat(64),
    state: 'ready',
    message: '',
    progress: null,
    python: '3',
    packages: [],
    sizeBytes: null,
    kernelspec: 'berth-default'
  };
  const get = async (name: string): Promise<Environment> => {
    if (name !== 'default') throw new PlatformError('not-found', `There is no environment ${name}; there is default.`);
    return environment;
  };
  return {
    list: async () => [environment],
    get,
    create: get,
    cancel: get,
    python: async name => (await get(name), pythonPath),
    onChange: () => () => undefined
  };
}
