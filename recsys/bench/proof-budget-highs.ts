/**
 * Budgets against HiGHS: on generated problems of every family the bound is above its optimum, the plan below it and within every cap.
 *
 * Options: `--instances 30` of each family, `--seed 9`; `--family NAME --first 12 --instances 1` looks at one again: nothing is written down.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { withScratch } from '../../scripts/jupyter-lab.ts';
import { lockedPython } from '../../scripts/locked-environment.ts';
import { BENCH_FOLDER, ourVariables } from './bench-environment.ts';
import { wholeNumber } from './whole-number.ts';

const SCRIPT = path.join(BENCH_FOLDER, 'proof_budget_highs.py');
const FAMILIES: Readonly<Record<string, string>> = {
  easy: 'independent values, one message a person',
  correlated: 'values that go with content, channel, slot and person',
  nested: 'caps within caps, overlapping limits, all tight',
  content: 'up to 10⁴ limits of pieces of content',
  ties: 'one, two or five values in all',
  slates: 'digests of up to four pieces',
  ladder: 'how many a person, one choice each',
  ragged: 'nobody’s, and one with a third of all candidates; caps by person',
  weights: 'sends 0 to 3, attention',
  floors: 'floors at 90 to 99.9 % of what is possible',
  infeasible: 'floors that cannot all be kept'
};

interface Comparison {
  readonly family: string;
  readonly number: number;
  readonly candidates: number;
  readonly status: string;
  readonly passes: number;
  readonly seconds: number;
  /** Null where a floor is missed. */
  readonly gap: number | null;
  readonly excess: number;
  /** Only where HiGHS was asked for the integer optimum. */
  readonly short: number | null;
  readonly violations: number;
  readonly faults: readonly string[];
  readonly has_many: boolean;
}

export async function proof(args: string[]): Promise<string | undefined> {
  const { values } = parseArgs({
    args,
    options: {
      instances: { type: 'string', default: '30' },
      first: { type: 'string', default: '0' },
      seed: { type: 'string', default: '9' },
      family: { type: 'string' }
    }
  });
  const instances = wholeNumber('instances', values.instances, 1);
  const first = wholeNumber('first', values.first, 0);
  const seed = wholeNumber('seed', values.seed, 0);
  const python = await lockedPython('recsys-checks', { create: true });
  if (python === undefined) throw new Error('the Python environment of the tests could not be made');
  const families = values.family === undefined ? Object.keys(FAMILIES) : [values.family];
  const found = await withScratch(scratch =>
    compareAll(python, path.join(scratch, 'runtime'), [`${seed}`, `${first}`, `${first + instances}`, ...families])
  );
  const faults = found.flatMap(each => each.faults.map(fault => `${each.family} ${each.number}: ${fault}`));
  const table = tableOf(found);
  console.log(table);
  if (faults.length > 0) throw new Error(`${faults.length} faults\n${faults.join('\n')}`);
  if (values.family !== undefined || first !== 0) return undefined;
  return [
    `\`npm run proof budget-highs\`: ${found.length} problems of 10³ to 10⁵ candidates, seed ${seed}, solved by \`Budget.solve(gap=1e-3)\`, and by HiGHS as`,
    'linear programs; those of up to 3,000 candidates as integer programs as well, for up to 5 s. HiGHS is asked about the columns themselves, not about',
    'what we make of them. Each bound is at least the optimum and each plan at most; what a plan is worth, every cap and every floor are computed again',
    'from the columns. What is infeasible is so for both, and floors that give way as we say can be kept.',
    '',
    'At most: *bound*, how far it is above the linear optimum; *gap*, between plan and bound; *many people*, the same where there are at least 1,000 people',
    'to a limit (how many problems); *integer*, how far the plan is below the bound of HiGHS’s branch and bound. *Certified*: a gap of 0.1 % or less.',
    '',
    table
  ].join('\n');
}

/** One line a problem while it goes on: a proof of many minutes says where it is. */
async function compareAll(python: string, folder: string, args: readonly string[]): Promise<Comparison[]> {
  const found: Comparison[] = [];
  const worker = spawn(python, [SCRIPT, ...args], { env: ourVariables(folder), stdio: ['ignore', 'pipe', 'inherit'] });
  createInterface(worker.stdout).on('line', line => {
    if (!line.startsWith('{')) return; // HiGHS greets
    const each = JSON.parse(line) as Comparison;
    found.push(each);
    const said = [`${each.family} ${each.number}: ${each.candidates} candidates`, each.status, `${each.passes} passes`];
    console.log(
      [...said, `bound ${percent(each.excess)}`, `gap ${percent(each.gap ?? Infinity)}`, ...each.faults].join(', ')
    );
  });
  const [code] = (await once(worker, 'close')) as [number | null];
  if (code !== 0) throw new Error(`the worker ended with ${code ?? 'a signal'}`);
  return found;
}

function tableOf(found: readonly Comparison[]): string {
  const lines = Object.entries(FAMILIES).flatMap(([family, what]) => {
    const its = found.filter(each => each.family === family);
    return its.length === 0 ? [] : [lineOf(`${family}: ${what}`, its)];
  });
  return [
    '| family | problems | certified | bound | gap | gap, many people | integer | passes: median, most | seconds, from columns to plan: median, most | over a cap |',
    '|---|---|---|---|---|---|---|---|---|---|',
    ...lines
  ].join('\n');
}

function lineOf(name: string, its: readonly Comparison[]): string {
  const solved = its.filter(each => each.status !== 'infeasible');
  const many = solved.filter(each => each.has_many);
  const shorts = solved.flatMap(each => each.short ?? []);
  const certified = its.filter(each => each.status === 'certified').length;
  const cells =
    solved.length === 0
      ? ['infeasible', '', '', '', '', '']
      : [
          `${certified}`,
          most(solved.map(each => each.excess)),
          most(solved.map(each => each.gap ?? Infinity)),
          many.length === 0 ? '' : `${most(many.map(each => each.gap ?? Infinity))} (${many.length})`,
          shorts.length === 0 ? '' : `${most(shorts)} (${shorts.length})`,
          `${median(solved.map(each => each.passes))}, ${Math.max(...solved.map(each => each.passes))}`
        ];
  const seconds = its.map(each => each.seconds);
  const took = `${median(seconds).toFixed(2)}, ${Math.max(...seconds).toFixed(2)}`;
  const over = its.reduce((sum, each) => sum + each.violations, 0);
  return `| ${[name, its.length, ...cells, took, over].join(' | ')} |`;
}

const most = (shares: readonly number[]): string => percent(Math.max(...shares));
const percent = (share: number): string => `${(share * 100).toFixed(4)} %`;

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? NaN;
}
