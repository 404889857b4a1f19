/** An idle kernel and a run that waits for its GPU, over the gateway's own socket: a real platform and queue; no GPU is used. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { JudgeSays } from '@berth/operator/plan';
import type { KernelLaunchPlan, KernelView } from '../contract/index.js';
import { ConformanceClient } from '../platform/conformance-client.testkit.js';
import { evidenceOf, kernelOf, SHORT } from '../platform/local/activity/activity.testkit.js';
import { FakeNvidiaSmi, fixture } from '../platform/local/compute/fake-nvidia-smi.testkit.js';
import { type LocalHarness, makeLocalHarness, openCompute } from '../platform/local/local-harness.testkit.js';
import { serve, type Served } from './testing/served.js';
import type { Received } from './testing/unix-client.js';

/** Runs are processes; they start slowly on a machine that has much to do. */
jest.setTimeout(60_000);

const T4 = 'gpu-tesla-t4';
const KERNEL = 'jupyter-1';
const LOOK_MS = 15_000;

let nowMs = 1_800_000_000_000;
let smi: FakeNvidiaSmi;
let harness: LocalHarness;
let client: ConformanceClient;
let served: Served;
let kernel: ChildProcess;

beforeEach(async () => {
  smi = await FakeNvidiaSmi.make(fixture('t4-driver-515.xml').replace(/<processes>[^]*?<\/processes>/, '<processes/>'));
  const clock = (): Date => new Date(nowMs);
  const compute = await openCompute({ nvidiaSmi: smi.program, variables: { PATH: process.env['PATH'] } });
  harness = await makeLocalHarness({ compute, clock });
  client = new ConformanceClient(harness);
  await writeFile(join(harness.options.dataFolder, 'idle-policy.json'), JSON.stringify(SHORT));
  served = await serve(harness.platform, { rootFolder: harness.actor.rootFolder });
  kernel = spawn('sleep', ['600'], { stdio: 'ignore' });
});
afterEach(async () => {
  await end(kernel);
  await client.endAll();
  await served.close();
  await harness.close();
  await smi.remove();
});

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await once(child, 'exit');
}

const post = (path: string, body?: unknown): Promise<Received> => served.send({ method: 'POST', path, body });

/** A kernel that has the GPU, started as the Jupyter server starts one. */
async function startKernel(): Promise<KernelLaunchPlan> {
  const wanted = { notebook: 'a.ipynb', environment: 'default', offer: T4 };
  expect((await post('/api/v1/kernels', wanted)).json<KernelView>()).toMatchObject({ phase: 'Ready' });
  const launch = { kernelId: KERNEL, environment: 'default', notebook: join(harness.actor.rootFolder, 'a.ipynb') };
  const plan = (await post('/internal/kernels/launch', launch)).json<KernelLaunchPlan>();
  await post(`/internal/kernels/${plan.id}/started`, { pid: kernel.pid });
  return plan;
}

/** Looks at the idle kernel for so long, and tells the gateway each time; the last answer. */
async function idle(seconds: number, seen: { seq: number }, done: string[] = []): Promise<JudgeSays> {
  let answer: JudgeSays | undefined;
  for (const endMs = nowMs + seconds * 1_000; nowMs < endMs || answer === undefined;) {
    nowMs += LOOK_MS;
    const evidence = evidenceOf(done.length > 0 ? [] : [kernelOf(KERNEL, { gpu: 'whole', gpu_util: 0 })]);
    const readings = [{ seq: (seen.seq += 1), t: nowMs / 1_000, evidence }];
    const says = {
      version: 1,
      boot: 'boot-0001',
      nowMs,
      readEveryMs: LOOK_MS,
      readings,
      snoozes: [],
      done,
      wish: null
    };
    const received = await post('/internal/activity', says);
    expect(received.status).toBe(200);
    answer = JudgeSays.parse(received.json());
    if (answer.orders.length > 0) break;
  }
  return answer;
}

test('a forgotten notebook keeps its GPU while nobody wants it, and gives it to a run that waits, warned and once', async () => {
  const { id } = await startKernel();
  const seen = { seq: 0 };
  const alone = await idle(1_800, seen);
  expect(alone.orders).toEqual([]);
  expect(alone.judgements).toContainEqual(
    expect.objectContaining({ activity: 'idle', next: expect.objectContaining({ hold: 'nobody-waits' }) as unknown })
  );

  const { run, go } = await client.waiting({ offer: T4 });
  expect(await client.phase(run.id, 'Queued')).toMatchObject({ reason: { code: 'WaitingForCompute' } });
  const warned = await idle(15, seen);
  expect(warned).toMatchObject({ orders: [] });
  expect(warned.judgements.map(({ next }) => next.warnedAtMs)).toContain(warned.nowMs);
  const due = await idle(300, seen);
  expect(due.orders).toMatchObject([{ kind: 'release', kernel: KERNEL }]);
  expect(due.nowMs - warned.nowMs).toBe(120_000);

  await end(kernel);
  await post(`/internal/kernels/${id}/ended`);
  expect(await idle(15, seen, [due.orders[0]?.id ?? ''])).toMatchObject({ orders: [] });
  await client.printed(run.id, 'waiting');
  await harness.put(go, '');
  expect(await client.phase(run.id, 'Succeeded')).toMatchObject({ devices: [expect.stringContaining('GPU-')] });
});
