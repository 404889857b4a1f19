/** Which interpreters a bench of recsys runs, and with what in their environment. */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { ROOT } from '../../scripts/command.ts';
import { defaultEnvironment } from '../../scripts/default-environment.ts';
import { lockedPython } from '../../scripts/locked-environment.ts';

/** It comes as source only: without a C++ compiler the bench goes without it, and says so. */
const NEEDS_COMPILER = 'hnswlib';

export const THREADS = availableParallelism();
export const BENCH_FOLDER = import.meta.dirname;

/** The interpreter of the peers' environment, made where it is missing. */
export async function peersPython(): Promise<string> {
  const python = await lockedPython('bench-retrieval', { create: true, mayLack: NEEDS_COMPILER });
  if (python === undefined) throw new Error('the environment of the peers could not be made');
  return python;
}

/** The interpreter that has PyTorch: the default environment's; or why there is none. */
export async function torchPython(): Promise<{ python: string } | { missing: string }> {
  const { python, message } = await defaultEnvironment();
  if (python !== undefined) return { python };
  return { missing: `the default environment is not there (${message}); give --torch-python` };
}

/** For peers and ours alike: as many threads as cores, and nothing that slows a library down. */
export function peerVariables(): NodeJS.ProcessEnv {
  const dropped = ['OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE', 'PYTHONPATH', 'PYTHONHOME'];
  const kept = Object.entries(process.env).filter(([name]) => !dropped.includes(name));
  const threads = ['OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS'].map(name => [name, `${THREADS}`]);
  return { ...Object.fromEntries(kept), ...Object.fromEntries(threads) } as NodeJS.ProcessEnv;
}

/** The same for a process that uses ours, with a runtime of its own in `folder`. */
export function ourVariables(folder: string): NodeJS.ProcessEnv {
  return {
    ...peerVariables(),
    PYTHONPATH: path.join(ROOT, 'recsys', 'python'),
    BERTH_RECSYS_DIR: folder,
    BERTH_RECSYS_NODE: path.join(ROOT, '.berth', 'tools', 'nodebin', 'node'),
    BERTH_RECSYS_RUNTIME: path.join(ROOT, 'recsys', 'dist', 'runtime.mjs'),
    BERTH_RECSYS_IDLE_S: '5' // should this bench be killed
  };
}
