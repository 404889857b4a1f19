/**
 * `npm run bench cluster [-- --rounds N] [--nodes N] [--pods N]`: how long a cluster takes from nothing but cached programs and
 * images, what it weighs, and how long its control plane takes until many simulated pods run on many simulated nodes.
 */
import { parseArgs } from 'node:util';
import { median, printReport, spread } from '../../../scripts/bench-report.ts';
import { waitUntil } from '../../../scripts/wait-until.ts';
import { ensureBinaries } from '../binaries/build.ts';
import { down, kubectlOf, running, up } from '../cluster.ts';
import type { Kubectl } from '../kubectl.ts';

const NAME = 'bench';
const DEPLOYMENTS = 10;
const LONGEST_SETTLE_MS = 15 * 60_000;

export async function bench(args: string[]): Promise<void> {
  const number = { type: 'string' } as const;
  const { values } = parseArgs({ args, options: { rounds: number, nodes: number, pods: number } });
  const [rounds, nodes, pods] = [
    Number(values.rounds ?? 5),
    Number(values.nodes ?? 1_000),
    Number(values.pods ?? 10_000)
  ];
  await start(0); // what is not cached yet is made now
  const ready: number[] = [];
  const rss: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const readyS = await start(0);
    const { machine } = await running(NAME);
    ready.push(readyS);
    rss.push((await machine.rssMib()) / 1024);
    console.log(`round ${round + 1}: up in ${readyS.toFixed(1)} s, ${rss.at(-1)?.toFixed(2)} GiB`);
  }
  const nodesS = await start(nodes);
  const kubectl = kubectlOf(NAME, await ensureBinaries(() => undefined));
  const settleS = await settle(kubectl, pods);
  const apiServer = (await (await running(NAME)).machine.processes()).find(({ name }) => name === 'apiserver');
  await down(NAME, () => undefined);
  printReport({
    bench: 'cluster',
    ours: {
      ready_s: rounded(median(ready)),
      rss_gib: rounded(median(rss)),
      settle_s: rounded(settleS),
      apiserver_gib: rounded((apiServer?.rssMib ?? NaN) / 1024)
    },
    peers: {},
    ratio: {},
    conditions: { rounds, ready_spread_s: spread(ready), nodes, pods, up_with_nodes_s: rounded(nodesS) }
  });
}

const rounded = (value: number): number => Number(value.toFixed(2));

/** Seconds from no cluster to one of profile `queue` with so many simulated nodes, all of them ready. */
async function start(kwok: number): Promise<number> {
  await down(NAME, () => undefined);
  const before = performance.now();
  await up({ name: NAME, profile: 'queue', kwok }, () => undefined);
  if (kwok > 0) {
    const kubectl = kubectlOf(NAME, await ensureBinaries(() => undefined));
    await waitUntil(`${kwok} simulated nodes are ready`, LONGEST_SETTLE_MS, async () => {
      const ready = '{range .items[*]}{.status.conditions[?(@.type=="Ready")].status} {end}';
      const text = await kubectl.run(['get', 'nodes', '-l', 'type=kwok', '-o', `jsonpath=${ready}`]);
      return text.split(' ').filter(status => status === 'True').length === kwok;
    });
  }
  return (performance.now() - before) / 1000;
}

/** Seconds from the request for so many pods until all of them run. */
async function settle(kubectl: Kubectl, pods: number): Promise<number> {
  const each = Math.ceil(pods / DEPLOYMENTS);
  const sizes = Array.from({ length: DEPLOYMENTS }, (_, index) => Math.max(0, Math.min(each, pods - index * each)));
  const before = performance.now();
  await kubectl.in('default').apply(sizes.map((replicas, index) => deployment(`many-${index}`, replicas)));
  await waitUntil(`${pods} pods run`, LONGEST_SETTLE_MS, async () => {
    const text = await kubectl
      .in('default')
      .run(['get', 'deployments', '-o', 'jsonpath={.items[*].status.readyReplicas}']);
    return text.split(' ').reduce((sum, count) => sum + Number(count), 0) === pods;
  });
  return (performance.now() - before) / 1000;
}

function deployment(name: string, replicas: number): object {
  const resources = { requests: { cpu: '100m', memory: '64Mi' } };
  const template = {
    metadata: { labels: { app: name } },
    spec: {
      nodeSelector: { type: 'kwok' },
      tolerations: [{ key: 'kwok.x-k8s.io/node', operator: 'Exists' }],
      containers: [{ name: 'main', image: 'localhost/berth/pause:1', resources }]
    }
  };
  const spec = { replicas, selector: { matchLabels: { app: name } }, template };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec };
}
