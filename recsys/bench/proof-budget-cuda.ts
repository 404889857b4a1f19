/**
 * Smoothed passes of a budget on a GPU beside the CPU: the same sums, nothing of a graph left to the CPU, and what a tile takes, with its inputs
 * copied each time.
 *
 * Options: `--python PATH`, an interpreter with numpy and what the extra `cuda` of berth-recsys installs; `--seed 0`; `--device cpu` rehearses it
 * where there is no GPU: nothing is written down.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { mustRun } from '../../scripts/command.ts';
import { withScratch } from '../../scripts/jupyter-lab.ts';
import { BENCH_FOLDER, ourVariables } from './bench-environment.ts';
import { card, requireAllOn, runtimeWithCuda } from './cuda-runtime.ts';

/** Sums are relative to the largest one, and what a person takes is at most 1. */
const ALLOWED = 1e-4;

interface Compared {
  readonly name: string;
  readonly farthest: number;
  readonly milliseconds: { readonly device: number; readonly cpu: number };
  readonly nodes: Readonly<Record<string, number>>;
}

export async function proof(args: string[]): Promise<string | undefined> {
  const { values } = parseArgs({
    args,
    options: {
      python: { type: 'string' },
      seed: { type: 'string', default: '0' },
      device: { type: 'string', default: 'cuda' }
    }
  });
  const { python, seed, device } = values;
  if (python === undefined) throw new Error('--python is missing: an interpreter with the extra cuda of berth-recsys');
  return withScratch(async scratch => {
    const env = ourVariables(path.join(scratch, 'runtime')) as Record<string, string>;
    const { runtime, libraries } = await runtimeWithCuda(python, scratch, env);
    const said = await mustRun(
      env['BERTH_RECSYS_NODE'] ?? '',
      [path.join(BENCH_FOLDER, 'proof-budget-cuda-node.ts'), runtime, device, scratch, seed],
      { env: { ...env, LD_LIBRARY_PATH: libraries, NVIDIA_TF32_OVERRIDE: '0' }, capture: true }
    );
    const compared = JSON.parse(said) as Compared[];
    for (const { name, nodes, farthest } of compared) {
      requireAllOn(device, nodes);
      if (!(farthest <= ALLOWED)) throw new Error(`${name}: off by ${farthest}, ${ALLOWED} is allowed`);
    }
    const isRehearsal = device !== 'cuda';
    const text = report(compared, isRehearsal ? 'none, a rehearsal' : await card());
    if (!isRehearsal) return text;
    console.log(text);
    return undefined;
  });
}

function report(compared: readonly Compared[], gpu: string): string {
  const rows = compared.map(({ name, farthest, milliseconds: { device, cpu } }) => {
    const ratio = (cpu / device).toFixed(1);
    return `| ${name} | ${farthest.toExponential(1)} | ${device.toFixed(2)} ms | ${cpu.toFixed(2)} ms | ${ratio} |`;
  });
  return [
    `\`npm run proof budget-cuda\`: smoothed passes over tiles of 32,768 people. GPU: ${gpu}.`,
    '',
    '| tile | largest difference to the CPU, in three smoothings | GPU, with copies | CPU | ratio |',
    '|---|---|---|---|---|',
    ...rows
  ].join('\n');
}
