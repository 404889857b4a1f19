/**
 * `npm run proof workspace-chaos [-- --operations N] [--workspaces N] [--seed N]`: people at work on many workspaces while operators, the API
 * server and etcd are killed, on a cluster of its own.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { down, up } from '../cluster.ts';
import { type ChaosReport, type Fault, runChaos } from '../testkit/chaos.ts';
import { Faults } from '../testkit/faults.ts';
import { installChart } from '../testkit/install-chart.ts';

const NAME = 'chaos';
const AWAY_MS = 30_000;
const STRIKES: readonly Fault[] = [
  'kill-leader',
  'kill-operators',
  'kill-apiserver',
  'kill-leader',
  'kill-etcd',
  'kill-leader',
  'kill-operators',
  'kill-apiserver',
  'kill-etcd',
  'kill-leader',
  'kill-operators',
  'kill-apiserver'
];
const silent = (): void => undefined;

export async function proof(args: string[]): Promise<string> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ args, options: { operations: text, workspaces: text, seed: text } });
  const workspaces = Number(values.workspaces ?? 300);
  const seed = Number(values.seed ?? randomInt(1_000_000));
  await down(NAME, silent);
  await up({ name: NAME, profile: 'node', kwok: 8 }, silent);
  const faults = new Faults(NAME);
  try {
    await installChart(NAME);
    const report = await runChaos({
      cluster: NAME,
      faults,
      prefix: 'chaos',
      seed,
      namespaces: 4,
      workspaces,
      operations: Number(values.operations ?? 1_000),
      people: 8,
      thinkMs: 4_000,
      strikes: STRIKES,
      awayMs: AWAY_MS,
      settleMs: 300_000,
      say: line => console.log(line)
    });
    if (report.complaints.length > 0) throw new Error(`seed ${seed}:\n  ${report.complaints.join('\n  ')}`);
    return page(report, workspaces, seed);
  } finally {
    await faults.mend();
    await down(NAME, silent);
  }
}

function page(
  { operations, strikes, podsSeen, operationsS, settledS }: ChaosReport,
  workspaces: number,
  seed: number
): string {
  const count = (fault: Fault) => strikes.filter(each => each === fault).length;
  const all = Object.values(operations).reduce((sum, each) => sum + each, 0);
  return [
    `People did ${all} operations on ${workspaces} workspaces in ${operationsS.toFixed(0)} s, eight of them at once. Meanwhile were killed (\`kill -9\`), at random moments: the`,
    `leading operator ${count('kill-leader')} times, both operators ${count('kill-operators')} times, the API server ${count('kill-apiserver')} times for ${AWAY_MS / 1000} s each, etcd ${count('kill-etcd')} times. Seed ${seed}.`,
    '',
    '| operation | times |',
    '|---|---|',
    ...Object.entries(operations).map(([kind, times]) => `| ${kind} | ${times} |`),
    '',
    `${settledS.toFixed(1)} s after the last operation and the last fault the cluster was what people wanted: for each workspace that should run exactly one`,
    'pod, ready, its status current, and every child as it should be; for each stopped one none; of deleted ones nothing but the homes that are kept.',
    `${podsSeen} pods were made. At no moment were there two for one workspace; none that was ready, and no home, ended unless a person had asked for that.`,
    '0 lost, 0 doubled, 0 orphaned. (`operator/cluster/testkit/chaos.ts`; the nodes that the pods ran on are simulated, everything else is real.)'
  ].join('\n');
}
