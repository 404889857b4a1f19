/**
 * How long it takes until the environment of the packaged lock (PyTorch, above 5 GB) is ready: with what uv has in its
 * cache (warm), and with nothing (cold). Beside it, interleaved: `uv pip sync` and `pip install` of the same files into a
 * venv that is there already. Options: `--rounds N` (warm, at least 5), `--pip N` (rounds of pip, 0: none), `--cold 0|1`.
 *
 * Everything is in a folder of its own beside the person's caches, so that files are linked as they would be there; it is
 * removed afterwards. The packages are downloaded into it, twice with `--cold 1`: a run needs 20 GB and some minutes.
 */
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { median, printReport } from '../../scripts/bench-report.ts';
import { mustRun, ROOT, TOOL_PYTHON } from '../../scripts/command.ts';
import { LocalEnvironments } from '../lib/platform/local/environments/index.js';
import { uvVariables } from '../lib/platform/local/environments/uv-variables.js';

const UV = path.join(path.dirname(TOOL_PYTHON), 'uv');
const LOCKS = path.join(ROOT, 'gateway', 'environments');
const REQUIREMENTS = 'berth-requirements.txt';

interface Options {
  readonly rounds: number;
  readonly pip: number;
  readonly cold: boolean;
}
interface Figures {
  readonly ours: number[];
  readonly sync: number[];
  readonly pip: number[];
}

export async function bench(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  const parent = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(path.join(parent, 'berth-bench-'));
  try {
    const cold = await measureCold(folder, options);
    const warm = await measureWarm(folder, options);
    report(options, cold, warm);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '7' },
      pip: { type: 'string', default: '3' },
      cold: { type: 'string', default: '1' }
    }
  });
  return { rounds: Math.max(5, Number(values.rounds)), pip: Number(values.pip), cold: values.cold !== '0' };
}

/** Fills `uv-cache` as well, which the warm rounds use. */
async function measureCold(folder: string, options: Options): Promise<Figures> {
  const figures: Figures = { ours: [], sync: [], pip: [] };
  const requirements = path.join(folder, REQUIREMENTS);
  const first = await makeOurs(folder, 'uv-cache', requirements);
  if (!options.cold) return figures;
  figures.ours.push(first);
  figures.sync.push(await syncOnce(folder, 'other-uv-cache', requirements));
  await rm(path.join(folder, 'other-uv-cache'), { recursive: true });
  return figures;
}

async function measureWarm(folder: string, { rounds, pip }: Options): Promise<Figures> {
  const figures: Figures = { ours: [], sync: [], pip: [] };
  const requirements = path.join(folder, REQUIREMENTS);
  const ours = async (): Promise<unknown> => figures.ours.push(await makeOurs(folder, 'uv-cache'));
  const sync = async (): Promise<unknown> => figures.sync.push(await syncOnce(folder, 'uv-cache', requirements));
  if (pip > 0) await pipOnce(folder, requirements); // fills pip's cache
  for (let round = 0; round < rounds; round += 1) {
    for (const measure of round % 2 === 0 ? [ours, sync] : [sync, ours]) await measure();
    if (round < pip) figures.pip.push(await pipOnce(folder, requirements));
  }
  return figures;
}

/** Seconds from asking for the environment to its being ready. @param keep where to copy what uv was given */
async function makeOurs(folder: string, uvCache: string, keep?: string): Promise<number> {
  const world = path.join(folder, 'ours');
  const environments = await LocalEnvironments.open({
    cacheFolder: path.join(world, 'cache'),
    dataFolder: path.join(world, 'data'),
    kernelsFolder: path.join(world, 'kernels'),
    lockFolder: LOCKS,
    uvPath: UV,
    pythonPath: TOOL_PYTHON,
    variables: { ...process.env, UV_CACHE_DIR: path.join(folder, uvCache) },
    log: { error: console.error, warn: console.error, info: () => undefined },
    clock: () => new Date()
  });
  try {
    const end = new Promise<void>((resolve, reject) => {
      environments.onChange(({ state, message }) => {
        if (state === 'ready') resolve();
        if (state === 'failed') reject(new Error(message));
      });
    });
    const start = performance.now();
    await environments.create('default');
    await end;
    const seconds = (performance.now() - start) / 1000;
    if (keep !== undefined) await keepRequirements(path.join(world, 'cache', 'environments'), keep);
    return seconds;
  } finally {
    await environments.close();
    await rm(world, { recursive: true });
  }
}

async function keepRequirements(environments: string, to: string): Promise<void> {
  const [made = ''] = await readdir(environments);
  await mustRun('cp', [path.join(environments, made, REQUIREMENTS), to]);
}

async function syncOnce(folder: string, uvCache: string, requirements: string): Promise<number> {
  const venv = path.join(folder, 'sync');
  const env = { ...uvVariables(process.env), UV_CACHE_DIR: path.join(folder, uvCache) };
  await mustRun(UV, ['venv', '--quiet', '--no-project', '--python', TOOL_PYTHON, venv], { env, cwd: folder });
  const args = [
    'pip',
    'sync',
    '--quiet',
    '--require-hashes',
    '--python',
    path.join(venv, 'bin', 'python'),
    requirements
  ];
  const seconds = await timed(() => mustRun(UV, args, { env, cwd: folder }));
  await rm(venv, { recursive: true });
  return seconds;
}

async function pipOnce(folder: string, requirements: string): Promise<number> {
  const venv = path.join(folder, 'pip');
  const env = { PIP_CACHE_DIR: path.join(folder, 'pip-cache'), PIP_DISABLE_PIP_VERSION_CHECK: '1' };
  await mustRun(TOOL_PYTHON, ['-m', 'venv', venv], { env, cwd: folder });
  // As uv does, and we: without compiling every file.
  const args = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--require-hashes', '--no-compile', '-r', requirements];
  const seconds = await timed(() => mustRun(path.join(venv, 'bin', 'python'), args, { env, cwd: folder }));
  await rm(venv, { recursive: true });
  return seconds;
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  return (performance.now() - start) / 1000;
}

function report({ rounds, pip, cold: isCold }: Options, cold: Figures, warm: Figures): void {
  const ratios = warm.sync.map((seconds, round) => seconds / (warm.ours[round] ?? NaN));
  const pipRatios = warm.pip.map((seconds, round) => seconds / (warm.ours[round] ?? NaN));
  printReport({
    bench: 'environment',
    ours: { warm_s: medianOf(warm.ours), cold_s: medianOf(cold.ours) },
    peers: {
      uv_pip_sync_warm_s: medianOf(warm.sync),
      uv_pip_sync_cold_s: medianOf(cold.sync),
      pip_install_warm_s: medianOf(warm.pip)
    },
    ratio: { uv_pip_sync: medianOf(ratios), pip_install: medianOf(pipRatios) },
    conditions: {
      rounds,
      rounds_pip: pip === 0 ? 'none: --pip 0' : pip,
      rounds_cold: isCold ? '1, ours first' : 'none: --cold 0',
      warm_s: spread(warm.ours),
      uv_pip_sync_s: spread(warm.sync),
      pip_install_s: warm.pip.length === 0 ? 'not run' : spread(warm.pip),
      measured: 'ours: create to ready, its venv included; peers: into a venv made before, pip with --no-compile'
    }
  });
}

const round3 = (value: number): number => Math.round(value * 1000) / 1000;
const medianOf = (values: readonly number[]): number | null => (values.length === 0 ? null : round3(median(values)));
const spread = (values: readonly number[]): string =>
  `${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)}`;
