/** Decides how the process of a kernel is started, and what it finds in its environment. */
import { dirname, join } from 'node:path';
import type { Environment, KernelLaunchPlan } from '../../../contract/index.js';
import type { KernelRecord } from './kernel-record.js';

/**
 * What would make the interpreter of the environment load something from elsewhere. The Jupyter server's half also
 * takes out all that is meant for the gateway, and puts the environment's programs first on the PATH: both depend on
 * variables that only it knows.
 */
const REMOVED = [
  'PYTHONHOME',
  'PYTHONPATH',
  'PYTHONSTARTUP',
  'PYTHONEXECUTABLE',
  'PYTHONUSERBASE',
  '__PYVENV_LAUNCHER__',
  'CONDA_PREFIX',
  'CONDA_DEFAULT_ENV',
  'CONDA_PYTHON_EXE',
  'CONDA_SHLVL',
  'VIRTUAL_ENV_PROMPT',
  'PIP_PREFIX',
  'PIP_TARGET',
  'PIP_USER',
  'UV_PROJECT_ENVIRONMENT',
  'UV_PYTHON',
  'UV_SYSTEM_PYTHON',
  'UV_TARGET'
];

/** @param compute what keeps it to the devices and threads that are its own */
export function launchPlan(
  { id, offer }: KernelRecord,
  { name, lockHash }: Environment,
  argv: readonly string[],
  compute: Readonly<Record<string, string>>
): KernelLaunchPlan {
  const [python = ''] = argv;
  return {
    id,
    python,
    argv: [...argv],
    variables: {
      ...compute,
      VIRTUAL_ENV: join(dirname(python), '..'),
      BERTH_KERNEL_ID: id,
      BERTH_ENVIRONMENT: name,
      BERTH_LOCK_HASH: lockHash,
      BERTH_OFFER: offer
    },
    removed: [...REMOVED]
  };
}
