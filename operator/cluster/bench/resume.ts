/**
 * `npm run bench resume [-- --rounds N]`: from the wish to resume a workspace until its JupyterLab answers through its Service, against a
 * pod of the same make from its creation until it answers at its own address.
 */
import { parseArgs } from 'node:util';
import { KubeConfig } from '@kubernetes/client-node';
import { ApiClient } from '../../lib/runtime/api-client.js';
import { median, printReport } from '../../../scripts/bench-report.ts';
import { ensureBinaries } from '../binaries/build.ts';
import { down, kubectlOf, up } from '../cluster.ts';
import { imageByDigest, installChart } from '../testkit/install-chart.ts';
import { Asker } from './resume/asker.ts';
import { type Contestant, Contestants } from './resume/contestants.ts';
import { type Moment, MOMENTS, PodMoments } from './resume/pod-moments.ts';

const NAME = 'bench';
const LAB_PORT = 8888;
const silent = (): void => undefined;

/** Seconds since the wish. */
type Times = Readonly<Record<Moment | 'lab', number>>;

export async function bench(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { rounds: { type: 'string' } } });
  const rounds = Number(values.rounds ?? 7);
  const end = new AbortController();
  let asker: Asker | undefined;
  try {
    await down(NAME, silent);
    const { kubeconfig = '' } = await up({ name: NAME, profile: 'node' }, silent);
    await installChart(NAME);
    const kubectl = kubectlOf(NAME, await ensureBinaries(silent));
    asker = await Asker.start(kubectl, await imageByDigest(NAME, 'platform'));
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    const client = ApiClient.fromKubeConfig(config, { fieldManager: 'bench' });
    const image = await imageByDigest(NAME, 'base');
    const moments = await PodMoments.follow(client, end.signal);
    await measure(rounds, new Contestants(client, image), moments, asker);
  } finally {
    end.abort();
    await asker?.end();
    await down(NAME, silent);
  }
}

async function measure(rounds: number, contestants: Contestants, moments: PodMoments, asker: Asker): Promise<void> {
  const ours = await contestants.workspace();
  const raw = await contestants.rawPod(ours);
  const token = await contestants.token(ours);
  await ours.stop();
  await moments.untilGone(ours.pod);
  const once = (contestant: Contestant): Promise<Times> => startOnce(contestant, token, moments, asker);
  await once(raw); // its volume is made now
  const times: { readonly ours: Times[]; readonly raw: Times[] } = { ours: [], raw: [] };
  for (let round = 1; round <= rounds; round += 1) {
    const both = [async () => times.ours.push(await once(ours)), async () => times.raw.push(await once(raw))];
    for (const one of round % 2 === 0 ? both.reverse() : both) await one();
    const seconds = (all: readonly Times[]): string => all.at(-1)?.lab.toFixed(2) ?? '';
    console.log(
      `round ${round}: the workspace answers after ${seconds(times.ours)} s, the pod after ${seconds(times.raw)} s`
    );
  }
  report(rounds, times);
}

/** Starts it, waits until it answers, and stops it. */
async function startOnce(contestant: Contestant, token: string, moments: PodMoments, asker: Asker): Promise<Times> {
  const { pod, service } = contestant;
  moments.forget(pod);
  const beganMs = Date.now();
  await contestant.start();
  const server = service ?? `http://${await moments.address(pod)}:${LAB_PORT}`;
  const labMs = await asker.answers(server, token);
  const since = (ms: number): number => (ms - beganMs) / 1000;
  const seen = await moments.of(pod);
  await contestant.stop();
  await moments.untilGone(pod);
  const times = Object.fromEntries(MOMENTS.map(moment => [moment, since(seen[moment])])) as Record<Moment, number>;
  return { ...times, lab: since(labMs) };
}

function report(rounds: number, times: { readonly ours: readonly Times[]; readonly raw: readonly Times[] }): void {
  const seconds = (all: readonly Times[], of: keyof Times): number => rounded(median(all.map(each => each[of])));
  const [ours, raw] = [seconds(times.ours, 'lab'), seconds(times.raw, 'lab')];
  printReport({
    bench: 'resume',
    ours: { lab_s: ours, first_cell_s: null, warm_first_cell_s: null },
    peers: { raw_pod: raw, kubespawner: null },
    ratio: { raw_pod: rounded(raw / ours), kubespawner: null },
    conditions: {
      rounds,
      lab_spread_s: spreadOf(times.ours),
      raw_pod_spread_s: spreadOf(times.raw),
      ...stages('ours', times.ours, seconds),
      ...stages('raw', times.raw, seconds),
      first_cell_s: 'null: there are no kernels on GPUs yet',
      kubespawner: 'null: the test cluster has no JupyterHub yet'
    }
  });
}

function stages(
  whose: string,
  times: readonly Times[],
  seconds: (all: readonly Times[], of: keyof Times) => number
): Record<string, number> {
  return Object.fromEntries(MOMENTS.map(moment => [`${whose}_${moment}_s`, seconds(times, moment)]));
}

function spreadOf(times: readonly Times[]): string {
  const all = times.map(({ lab }) => lab);
  return `${Math.min(...all).toFixed(2)}–${Math.max(...all).toFixed(2)}`;
}

const rounded = (value: number): number => Number(value.toFixed(2));
