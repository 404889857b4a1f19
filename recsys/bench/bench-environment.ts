/** Which interpreters a bench of recsys runs, and with what in their environment. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { uvVariables } from '../../gateway/lib/platform/local/environments/uv-variables.js';
import { mustRun, ROOT, runCommand, TOOL_PYTHON } from '../../scripts/command.ts';
import { defaultEnvironment } from '../../scripts/default-environment.ts';

const UV = path.join(path.dirname(TOOL_PYTHON), 'uv');
const LOCK = path.join(ROOT, 'scripts', 'requirements', 'bench-retrieval.txt');
const FOLDER = path.join(ROOT, '.berth', 'bench-retrieval');
/** It comes as source only: without a C++ compiler the bench goes without it, and says so. */
const NEEDS_COMPILER = 'hnswlib';

export const THREADS = availableParallelism();
export const BENCH_FOLDER = import.meta.dirname;

/** The interpreter of the peers' environment, made from its lock where it is missing or another lock's. */
export async function peersPython(): Promise<string> {
  const python = path.join(FOLDER, 'bin', 'python');
  const stamp = path.join(FOLDER, 'berth.stamp');
  const lock = await readFile(LOCK, 'utf8');
  const wanted = createHash('sha256').update(lock).digest('hex');
  if (existsSync(python) && (await readFile(stamp, 'utf8').catch(() => '')) === wanted) return python;
  console.log('bench: making the environment of the peers in .berth/bench-retrieval');
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(path.dirname(FOLDER), { recursive: true });
  const env = uvVariables(process.env);
  await mustRun(UV, ['venv', '--quiet', '--no-project', '--python', TOOL_PYTHON, FOLDER], { env });
  const args = ['pip', 'sync', '--quiet', '--require-hashes', '--python', python];
  if ((await runCommand(UV, [...args, LOCK], { env })).code === 0) {
    await writeFile(stamp, wanted);
    return python;
  }
  console.log(`bench: again without ${NEEDS_COMPILER}, which needs a C++ compiler`);
  const others = path.join(FOLDER, 'requirements.txt');
  await writeFile(others, withoutPackage(lock, NEEDS_COMPILER));
  await mustRun(UV, [...args, others], { env });
  return python;
}

/** A requirements file without one package: its line and those that continue it. */
function withoutPackage(requirements: string, name: string): string {
  return requirements.replace(new RegExp(`^${name}==(.*\\\\\\n)*.*\\n`, 'm'), '');
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
