/** `npm run proof operator-outage [-- --minutes N]`: the API server is away, etcd comes back older: what operators do then, on a cluster of its own. */
import { parseArgs } from 'node:util';
import { down, up } from '../cluster.ts';
import { Drill, type Recovery } from '../testkit/drill.ts';
import { Faults } from '../testkit/faults.ts';
import { installChart } from '../testkit/install-chart.ts';

const NAME = 'outage';
const SHORT_S = 30;
const SHORT_OUTAGES = 3;
const WORKSPACES = 20;
const silent = (): void => undefined;

export async function proof(args: string[]): Promise<string> {
  const { values } = parseArgs({ args, options: { minutes: { type: 'string', default: '10' } } });
  const longS = Number(values.minutes) * 60;
  await down(NAME, silent);
  await up({ name: NAME, profile: 'node', kwok: 2 }, silent);
  const faults = new Faults(NAME);
  try {
    await installChart(NAME);
    const drill = await Drill.start({
      cluster: NAME,
      faults,
      prefix: 'outage',
      workspaces: WORKSPACES,
      settleMs: 300_000
    });
    const rows: string[] = [];
    for (const awayS of [...Array.from({ length: SHORT_OUTAGES }, () => SHORT_S), longS]) {
      const row = rowOf(awayS, await drill.apiServerAway(awayS * 1000), await drill.leading());
      rows.push(row);
      console.log(row);
    }
    const restoredS = await drill.etcdRestored();
    await drill.end();
    return page(rows, restoredS);
  } finally {
    await faults.mend();
    await down(NAME, silent);
  }
}

function rowOf(awayS: number, { leadsS, reconciledS, restarts }: Recovery, leading: number): string {
  return `| ${awayS} s | ${leadsS.toFixed(1)} s | ${reconciledS.toFixed(1)} s | ${restarts} | ${leading} |`;
}

function page(rows: readonly string[], restoredS: number): string {
  return [
    `${WORKSPACES} workspaces ran while the API server was killed and stayed away. What a person asked for in the moment when it was ready again was seen to after:`,
    '',
    '| the API server was away | an operator leads again | it has seen to the request | operators started again | of two, lead |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    'An operator that leads and cannot renew its lease ends after 10 s, and the kubelet starts it again; the other one watches on and takes the lease. Watches are',
    'tried again at least every 10 s. No pod of the workspaces was touched, all had the same uid afterwards; and no home ended.',
    '',
    'Then etcd was given back an older state, from before a workspace was made, one stopped and one deleted; all but the operators that keep what the API',
    `server said were begun anew. ${restoredS.toFixed(1)} s after the API server was ready the operators had followed: what was deleted ran again in its old pod, what was made later`,
    'was gone, nobody’s pod was touched, and new requests about all three had been seen to. (`operator/cluster/testkit/drill.ts`; the nodes that the pods ran',
    'on are simulated, everything else is real.)'
  ].join('\n');
}
