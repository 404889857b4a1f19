/**
 * A GPU beside the CPU: the same ids and scores, nothing of a scan left to the CPU, and what each search takes.
 *
 * Options: `--python PATH`, an interpreter with numpy and what the extra `cuda` of berth-recsys installs; `--rows 1000000 --dimensions 128
 * --rounds 7 --seed 0`; `--device cpu` rehearses it where there is no GPU: nothing is written down.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { mustRun } from '../../scripts/command.ts';
import { withScratch } from '../../scripts/jupyter-lab.ts';
import { BENCH_FOLDER, ourVariables } from './bench-environment.ts';
import { card, requireAllOn, runtimeWithCuda } from './cuda-runtime.ts';

const BATCHES = [1, 32, 256];
interface Compared {
  readonly searches: number;
  readonly different: readonly string[];
  /** Searches that the GPU has proposed too little for. */
  readonly missed: readonly string[];
  readonly certificates: readonly number[];
  readonly milliseconds: Readonly<Record<string, number>>;
}

export async function proof(args: string[]): Promise<string | undefined> {
  const { values } = parseArgs({
    args,
    options: {
      python: { type: 'string' },
      rows: { type: 'string', default: '1000000' },
      dimensions: { type: 'string', default: '128' },
      rounds: { type: 'string', default: '7' },
      seed: { type: 'string', default: '0' },
      device: { type: 'string', default: 'cuda' }
    }
  });
  const { python, rows, dimensions, rounds, seed, device } = values;
  if (python === undefined) throw new Error('--python is missing: an interpreter with the extra cuda of berth-recsys');
  return withScratch(async scratch => {
    const env = ourVariables(path.join(scratch, 'runtime')) as Record<string, string>;
    const { runtime, libraries } = await runtimeWithCuda(python, scratch, env);
    const profile = await mustRun(
      env['BERTH_RECSYS_NODE'] ?? '',
      [path.join(BENCH_FOLDER, 'proof-cuda-profile.ts'), runtime, device, scratch],
      { env: { ...env, LD_LIBRARY_PATH: libraries }, capture: true }
    );
    const nodes = JSON.parse(profile) as Record<string, number>;
    requireAllOn(device, nodes);
    const script = path.join(BENCH_FOLDER, 'proof_cuda.py');
    const said = await mustRun(python, [script, device, rows, dimensions, rounds, seed], { env, capture: true });
    const compared = JSON.parse(said.trim().split('\n').at(-1) ?? '') as Compared;
    if (compared.different.length > 0)
      throw new Error(`other answers than the CPU's: ${compared.different.join('; ')}`);
    const isRehearsal = device !== 'cuda';
    if (!isRehearsal && compared.missed.length > 0)
      throw new Error(`not answered by the GPU: ${compared.missed.join('; ')}`);
    const text = report(compared, isRehearsal ? 'none, a rehearsal' : await card(), Object.keys(nodes), values);
    if (!isRehearsal) return text;
    console.log(text);
    return undefined;
  });
}

function report(
  { searches, certificates, milliseconds }: Compared,
  gpu: string,
  nodes: readonly string[],
  { rows, dimensions, device }: { rows: string; dimensions: string; device: string }
): string {
  const times = BATCHES.map(batch => {
    const [ours = NaN, cpu = NaN] = [milliseconds[`${device} ${batch}`], milliseconds[`cpu ${batch}`]];
    return `| ${batch} queries: GPU, CPU, ratio | ${ours.toFixed(2)} ms, ${cpu.toFixed(2)} ms, ${(cpu / ours).toFixed(1)} |`;
  });
  return [
    `\`npm run proof retrieval-cuda\`: the best 100 of ${rows} items (float32, ${dimensions} dimensions). GPU: ${gpu}.`,
    '',
    '| what | measured |',
    '|---|---|',
    `| searches whose ids and scores equal the CPU's | ${searches} of ${searches} (three metrics, six kinds of search, three batches) |`,
    `| queries certified by the 8-bit scan, a float32 scan, all rows, the GPU | ${certificates.join(', ')} |`,
    `| nodes of the scan, all on the device, no copies between | ${nodes.map(node => node.split(' ')[1]).join(', ')} |`,
    ...times
  ].join('\n');
}
