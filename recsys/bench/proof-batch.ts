/**
 * Answers for 10 million people out of 100,000 items, in a batch that is larger than memory may be: every process in it is killed (-9) in turn and
 * the same call made again. Measures what was resident, and compares a sample with numpy.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { mustRun, ROOT } from '../../scripts/command.ts';
import { defaultEnvironment } from '../../scripts/default-environment.ts';
import { withScratch } from '../../scripts/jupyter-lab.ts';

const SCRIPT = path.join(import.meta.dirname, 'proof_batch.py');
const SAMPLE_MS = 200;
/** At these shares of the work, what is killed. */
const KILLS = [
  [0.1, 'client'],
  [0.3, 'corpus'],
  [0.5, 'runtime'],
  [0.7, 'client']
] as const;

interface Watched {
  peakBytes: number;
  kills: number;
}

export async function proof(args: string[]): Promise<string> {
  const { values } = parseArgs({
    args,
    options: {
      people: { type: 'string', default: '10000000' },
      items: { type: 'string', default: '100000' },
      dimensions: { type: 'string', default: '64' },
      sample: { type: 'string', default: '1000' }
    }
  });
  const { python } = await defaultEnvironment({ create: true });
  if (python === undefined) throw new Error('the default environment could not be made');
  const people = Number(values.people);
  return withScratch(async scratch => {
    const env = environment(scratch);
    await mustRun(python, [SCRIPT, 'make', scratch, values.people, values.items, values.dimensions, '0'], { env });
    const watched: Watched = { peakBytes: 0, kills: 0 };
    const start = performance.now();
    for (let isDone = false; !isDone;) isDone = await runOnce(python, scratch, env, people, watched);
    const seconds = (performance.now() - start) / 1000;
    const said = await mustRun(python, [SCRIPT, 'verify', scratch, values.sample, '1'], { env, capture: true });
    const { compared, wrong, missing } = JSON.parse(said) as { compared: number; wrong: number; missing: number };
    if (wrong > 0 || missing > 0)
      throw new Error(`of ${compared} people ${wrong} differ from numpy; ${missing} ids are missing`);
    return [
      `\`npm run proof retrieval-batch\`: the best 100 of ${values.items} items (float32, ${values.dimensions} dimensions) for ${values.people} people.`,
      '',
      '| what | measured |',
      '|---|---|',
      `| time, with what was lost by the kills | ${(seconds / 60).toFixed(1)} min, ${Math.round(people / seconds)} people a second |`,
      `| resident at most: client, runtime and corpus together, mapped pages included | ${(watched.peakBytes / 2 ** 30).toFixed(2)} GiB |`,
      `| killed (-9) on the way and resumed | ${watched.kills} times: ${KILLS.map(([, what]) => what).join(', ')} |`,
      `| answers that differ from numpy in float64 | ${wrong} of ${compared} compared; none missing |`
    ].join('\n');
  });
}

function environment(scratch: string): Record<string, string> {
  return {
    PYTHONPATH: path.join(ROOT, 'recsys', 'python'),
    BERTH_RECSYS_RUNTIME: path.join(ROOT, 'recsys', 'dist', 'runtime.mjs'),
    BERTH_RECSYS_NODE: process.execPath,
    BERTH_RECSYS_DIR: path.join(scratch, 'runtime'),
    BERTH_RECSYS_IDLE_S: '5'
  };
}

/** The call, until it has ended or was killed. @returns whether all is answered */
async function runOnce(
  python: string,
  scratch: string,
  env: Record<string, string>,
  people: number,
  watched: Watched
): Promise<boolean> {
  const client = spawn(python, [SCRIPT, 'run', scratch], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit']
  });
  const sampling = setInterval(() => {
    const bytes = Object.values(processes(client, scratch)).reduce((sum, pid) => sum + residentBytes(pid), 0);
    watched.peakBytes = Math.max(watched.peakBytes, bytes);
  }, SAMPLE_MS);
  createInterface(client.stdout).on('line', line => {
    const { done } = JSON.parse(line) as { done: number };
    const [share, what] = KILLS[watched.kills] ?? [Infinity, 'client'];
    const pid = done / people >= share ? processes(client, scratch)[what] : undefined;
    if (pid === undefined) return;
    watched.kills += 1;
    console.log(`proof: at ${done} people: kill -9 of the ${what}`);
    process.kill(pid, 'SIGKILL');
  });
  try {
    const [code, signal] = (await once(client, 'close')) as [number | null, string | null];
    if (code !== 0 && signal !== 'SIGKILL') throw new Error(`the client ended with ${signal ?? code}`);
    return code === 0;
  } finally {
    clearInterval(sampling);
  }
}

/** The processes of this proof by what they are; found by the folder in their arguments. */
function processes(client: ChildProcess, scratch: string): { client?: number; runtime?: number; corpus?: number } {
  const runtime = pidOf(args => args.includes('serve') && args.some(argument => argument.startsWith(scratch)));
  const corpus =
    runtime === undefined ? undefined : pidOf((args, parent) => args.includes('corpus') && parent === runtime);
  return {
    ...(client.pid === undefined ? {} : { client: client.pid }),
    ...(runtime === undefined ? {} : { runtime }),
    ...(corpus === undefined ? {} : { corpus })
  };
}

function pidOf(isMeant: (args: readonly string[], parent: number) => boolean): number | undefined {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .find(pid => {
      const args = fileOf(pid, 'cmdline').split('\0');
      const parent = Number(/^PPid:\s+(\d+)$/m.exec(fileOf(pid, 'status'))?.[1] ?? 0);
      return isMeant(args, parent);
    });
}

function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(fileOf(pid, 'status'))?.[1] ?? 0) * 1024;
}

/** Empty where the process has ended meanwhile. */
function fileOf(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
