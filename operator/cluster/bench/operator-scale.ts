/**
 * `npm run bench operator-scale [-- --workspaces N] [--nodes N] [--rounds N] [--steady-s N]`: the operator, as the chart installs it,
 * with many workspaces on simulated nodes: how fast it makes them run, what it costs when nothing happens, and how long it is away
 * when it is killed. The peer is the write pattern of Kubeflow's notebook controller on as many notebooks.
 */
import { parseArgs } from 'node:util';
import { KubeConfig } from '@kubernetes/client-node';
import { ApiClient } from '../../lib/runtime/api-client.js';
import { median, printReport, spread } from '../../../scripts/bench-report.ts';
import { waitUntil } from '../../../scripts/wait-until.ts';
import { ensureBinaries } from '../binaries/build.ts';
import { down, kubectlOf, running, up } from '../cluster.ts';
import type { Kubectl } from '../kubectl.ts';
import type { Machine } from '../machine.ts';
import { quietly } from '../quietly.ts';
import { installChart } from '../testkit/install-chart.ts';
import { ChartOperator } from './operator-scale/chart-operator.ts';
import { placesOf, prepareWorkspaces, runWorkspaces } from './operator-scale/many-workspaces.ts';
import { NotebookController, type Passes, WORKERS } from './operator-scale/notebook-controller.ts';
import { killLeader, replaceLeader, type Restart } from './operator-scale/restart.ts';
import { leaseWrites, sumOf, writesBetween, writesSoFar } from './operator-scale/steady-writes.ts';

const NAME = 'bench';
const LONGEST_MS = 15 * 60_000;
/** An API server that holds 60,000 objects on a busy machine is waited for. */
const REQUEST_MS = 180_000;
/** What serves the network of real pods: none of the simulated ones has any. */
const NOT_NEEDED = ['network-policy', 'kube-proxy', 'coredns'];
const silent = (): void => undefined;
const say = (line: string): void => console.log(line);

interface Wish {
  readonly workspaces: number;
  readonly nodes: number;
  readonly rounds: number;
  readonly steadyS: number;
}

export async function bench(args: string[]): Promise<void> {
  const number = { type: 'string' } as const;
  const options = { workspaces: number, nodes: number, rounds: number, 'steady-s': number };
  const { values } = parseArgs({ args, options });
  const wish = {
    workspaces: Number(values.workspaces ?? 10_000),
    nodes: Number(values.nodes ?? 1_000),
    rounds: Number(values.rounds ?? 5),
    steadyS: Number(values['steady-s'] ?? 120)
  };
  const end = new AbortController();
  try {
    await measure(wish, end.signal);
  } finally {
    end.abort();
    await down(NAME, silent);
  }
}

async function measure(wish: Wish, signal: AbortSignal): Promise<void> {
  const { kubectl, config } = await start(wish.nodes);
  const client = ApiClient.fromKubeConfig(config, { fieldManager: 'bench', requestTimeoutMs: REQUEST_MS });
  const operator = new ChartOperator(client, kubectl, (await running(NAME)).machine);
  const places = placesOf(wish.workspaces);
  await prepareWorkspaces(client, places);
  say('prepared');
  const runningS = await runWorkspaces(client, places, say);
  const creatingMib = await operator.memoryMib(await operator.leader(), 'VmHWM');
  say(`all of them run after ${runningS.toFixed(1)} s; the operator has had ${creatingMib.toFixed(0)} MiB`);
  const steady = await measureSteady(operator, kubectl, wish.steadyS);
  say(`steady: ${JSON.stringify(steady)}`);
  const standby = await killLeader(operator, wish.workspaces);
  say(`with a standby: ${JSON.stringify(standby)}`);
  await operator.scale(1);
  const peer = await NotebookController.start(config, kubectl, signal);
  await peer.populate(places);
  const rounds = await measureRounds(operator, peer, wish);
  report(wish, { runningS, creatingMib, steady, standby, ...rounds });
}

async function start(nodes: number): Promise<{ kubectl: Kubectl; config: KubeConfig }> {
  await down(NAME, silent);
  const { kubeconfig = '' } = await up({ name: NAME, profile: 'node', kwok: nodes }, silent);
  const kubectl = kubectlOf(NAME, await ensureBinaries(silent));
  await waitUntil(`${nodes} simulated nodes are ready`, LONGEST_MS, async () => {
    const ready = '{range .items[*]}{.status.conditions[?(@.type=="Ready")].status} {end}';
    const text = await kubectl.run(['get', 'nodes', '-l', 'type=kwok', '-o', `jsonpath=${ready}`]);
    return text.split(' ').filter(status => status === 'True').length === nodes;
  });
  // Simulated pods have no agent: that they cannot be observed would be written about each of them.
  await installChart(NAME, { idle: { enabled: false } });
  await endNetwork((await running(NAME)).machine);
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  return { kubectl, config };
}

/** Pods that come later have the addresses of the API server all the same: those rules stay. */
async function endNetwork(machine: Machine): Promise<void> {
  for (const component of NOT_NEEDED) await machine.remove(component);
  const [program = '', ...args] = machine.inside(['nft', 'delete table inet berth-network-policy']);
  await quietly(program, args);
}

interface Steady {
  readonly writesPerMin: number;
  /** Those that are not of the lease. */
  readonly others: string;
  readonly leaseWritesPerMin: number;
  readonly rssMib: number;
}

/** Begins once nobody has written anything for a while: what the control plane still does about the pods is not steady. */
async function measureSteady(operator: ChartOperator, kubectl: Kubectl, seconds: number): Promise<Steady> {
  await waitUntil('nothing is written any more', LONGEST_MS, async () => {
    const before = await writesSoFar(kubectl);
    await elapsed(5);
    return writesBetween(before, await writesSoFar(kubectl)).size === 0;
  });
  const leader = await operator.leader();
  const [writes, lease] = [await writesSoFar(kubectl), leaseWrites((await operator.metrics(leader)) ?? [])];
  const begunMs = performance.now();
  const rss: number[] = [];
  while (performance.now() - begunMs < seconds * 1000) {
    rss.push(await operator.memoryMib(leader, 'VmRSS'));
    await elapsed(5);
  }
  const leaseNow = leaseWrites((await operator.metrics(leader)) ?? []);
  const others = writesBetween(writes, await writesSoFar(kubectl));
  const minutes = (performance.now() - begunMs) / 60_000;
  return {
    writesPerMin: (sumOf(others) + leaseNow - lease) / minutes,
    others: [...others].map(([what, count]) => `${count} × ${what}`).join(', ') || 'none',
    leaseWritesPerMin: (leaseNow - lease) / minutes,
    rssMib: Math.max(...rss)
  };
}

const elapsed = (seconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, seconds * 1000));

interface Rounds {
  readonly restarts: readonly Restart[];
  readonly passes: readonly Passes[];
}

async function measureRounds(operator: ChartOperator, peer: NotebookController, wish: Wish): Promise<Rounds> {
  const restarts: Restart[] = [];
  const passes: Passes[] = [];
  for (let round = 1; round <= wish.rounds; round += 1) {
    await replaceLeader(operator, wish.workspaces);
    const restart = await killLeader(operator, wish.workspaces);
    const theirs = await peer.passOverAll();
    restarts.push(restart);
    passes.push(theirs);
    say(`round ${round}: ${JSON.stringify(restart)}; the peer ${JSON.stringify(theirs)}`);
  }
  return { restarts, passes };
}

interface Figures extends Rounds {
  readonly runningS: number;
  readonly creatingMib: number;
  readonly steady: Steady;
  readonly standby: Restart;
}

function report(wish: Wish, { runningS, creatingMib, steady, standby, restarts, passes }: Figures): void {
  const of = (pick: (restart: Restart) => number): number[] => restarts.map(pick);
  const ours = median(of(({ passesPerS }) => passesPerS));
  const theirs = median(passes.map(({ perS }) => perS));
  printReport({
    bench: 'operator-scale',
    ours: {
      workspaces: wish.workspaces,
      steady_writes_per_min: rounded(steady.writesPerMin),
      reconciles_per_s: rounded(ours),
      rss_mib: rounded(Math.max(steady.rssMib, standby.peakMib, ...of(({ peakMib }) => peakMib))),
      restart_s: rounded(median(of(({ restartS }) => restartS)))
    },
    peers: { kubeflow: rounded(theirs) },
    ratio: { kubeflow: rounded(ours / theirs) },
    conditions: {
      nodes: wish.nodes,
      rounds: wish.rounds,
      workers: WORKERS,
      created_to_running_per_s: rounded(wish.workspaces / runningS),
      steady_seconds: wish.steadyS,
      steady_lease_writes_per_min: rounded(steady.leaseWritesPerMin),
      steady_other_writes: steady.others,
      steady_rss_mib: rounded(steady.rssMib),
      creating_peak_rss_mib: rounded(creatingMib),
      restart_spread_s: spread(of(({ restartS }) => restartS)),
      restart_process_s: rounded(median(of(({ startedS }) => startedS))),
      restart_synced_s: rounded(median(of(({ syncedS }) => syncedS))),
      restart_leads_s: rounded(median(of(({ leadsS }) => leadsS))),
      restart_with_standby_s: rounded(standby.restartS),
      restart_with_standby_leads_s: rounded(standby.leadsS),
      reconciles_spread_per_s: spread(of(({ passesPerS }) => passesPerS)),
      kubeflow: 'the writes of its notebook controller 1.11, by our client with as many workers; culler off',
      kubeflow_writes_per_pass: rounded(median(passes.map(({ writes }) => writes)) / wish.workspaces),
      kubeflow_spread_per_s: spread(passes.map(({ perS }) => perS)),
      kubeflow_culler_writes_per_min: `${wish.workspaces} (by its default period, not measured)`
    }
  });
}

const rounded = (value: number): number => Number(value.toFixed(2));
