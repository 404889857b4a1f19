/** Runs on GPUs of other machines: what they find, and that nobody gets what another has. No GPU is used. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { KernelRequest, RunView } from '../../contract/index.js';
import type { KernelView } from '../../contract/index.js';
import { ConformanceClient, END_MS, notebookOf } from '../conformance-client.testkit.js';
import { until } from '../until.testkit.js';
import { FakeNvidiaSmi, fixture } from './compute/fake-nvidia-smi.testkit.js';
import { makeLocalHarness, openCompute } from './local-harness.testkit.js';
import type { LocalHarness } from './local-harness.testkit.js';

jest.setTimeout(60_000);

const H200 = 'gpu-nvidia-h200';
const gpu = (n: number): string => `GPU-0000200${n}-1111-2222-3333-444455556666`;

let smi: FakeNvidiaSmi;
let harness: LocalHarness;
let client: ConformanceClient;

async function open(name: string, more: { list?: string; shares?: number } = {}): Promise<void> {
  smi = await FakeNvidiaSmi.make(fixture(name), more.list);
  const shared = more.shares === undefined ? {} : { BERTH_GPU_SHARES: String(more.shares) };
  const variables = { PATH: process.env['PATH'], ...shared };
  const compute = await openCompute({ nvidiaSmi: smi.program, variables });
  harness = await makeLocalHarness({ compute });
  client = new ConformanceClient(harness);
}

afterEach(async () => {
  await client.endAll();
  await harness.close();
  await smi.remove();
});

test('a run on a GPU finds no GPU, all of them, or one that it asked for itself', async () => {
  await open('h200-driver-570.xml');
  await harness.put(
    'see.py',
    `
import os
for name in ('CUDA_VISIBLE_DEVICES', 'CUDA_DEVICE_ORDER', 'BERTH_OFFER', 'BERTH_ENVIRONMENT', 'BERTH_LOCK_HASH'):
    print(name, repr(os.environ.get(name)))
`
  );
  const variables = { CUDA_VISIBLE_DEVICES: '0,1,2', BERTH_OFFER: 'all' };
  const onGpu = await client.phase((await client.submit('see.py', { offer: H200, variables })).id, 'Succeeded');
  expect(RunView.parse(onGpu)).toMatchObject({ devices: [gpu(0)], lockHash: 'a'.repeat(64) });
  expect(await client.lines(onGpu.id)).toEqual([
    `CUDA_VISIBLE_DEVICES '${gpu(0)}'`,
    "CUDA_DEVICE_ORDER 'PCI_BUS_ID'",
    `BERTH_OFFER '${H200}'`,
    "BERTH_ENVIRONMENT 'default'",
    `BERTH_LOCK_HASH '${'a'.repeat(64)}'`
  ]);
  const onCpu = await client.phase((await client.submit('see.py', { variables })).id, 'Succeeded');
  expect(onCpu.devices).toEqual([]);
  expect((await client.lines(onCpu.id)).slice(0, 2)).toEqual(["CUDA_VISIBLE_DEVICES ''", 'CUDA_DEVICE_ORDER None']);
});

test('two runs have the same GPU, also over a restart of the gateway, or one works beside a stranger', async () => {
  await open('h200-driver-570.xml'); // on the second of three, a stranger computes
  const first = await client.running({ offer: H200 });
  const second = await client.running({ offer: H200 });
  const third = await client.waiting({ offer: H200 });
  expect([first.run.devices, second.run.devices, third.run.devices]).toEqual([[gpu(0)], [gpu(2)], []]);
  const waits = async (): Promise<void> => {
    const { reason } = await client.phase(third.run.id, 'Queued');
    expect(reason).toMatchObject({
      code: 'WaitingForCompute',
      message: `Waiting for compute on ${H200}, place 1 in line. Some of it is kept busy by python (pid 70002), which Berth did not start.`
    });
  };
  await waits();
  expect(await client.verdict('wait.py', { offer: H200 })).toMatchObject({
    verdict: 'wait',
    position: 2,
    message: expect.stringContaining('3 of 3 slots are in use, 1 of them by python (pid 70002)') as string
  });
  expect((await client.verdict('wait.py', { offer: H200, framework: 'torchrun', processes: 3 })).verdict).toBe('wait');
  expect((await client.verdict('wait.py', { offer: H200, framework: 'torchrun', processes: 4 })).verdict).toBe('never');

  await harness.reopen();
  await waits();
  expect((await harness.platform.offers(harness.actor))[1]).toMatchObject({
    used: 3,
    waiting: 1,
    devices: [{ holders: [first.run.id] }, { holders: [], strangers: [{ pid: 70002 }] }, { holders: [second.run.id] }]
  });
  await harness.put(first.go, '');
  await client.phase(first.run.id, 'Succeeded');
  expect((await client.phase(third.run.id, 'Running')).devices).toEqual([gpu(0)]);
});

test('runs that start at the same look have the same GPU', async () => {
  await open('h200-driver-570.xml');
  harness.environments.become({ state: 'creating' });
  const runs = [await client.waiting({ offer: H200 }), await client.waiting({ offer: H200 })];
  for (const { run } of runs) expect(run.reason?.code).toBe('CreatingEnvironment');
  harness.environments.become({ state: 'ready' });
  const started = await Promise.all(runs.map(({ run }) => client.phase(run.id, 'Running')));
  expect(started.flatMap(run => run.devices).sort()).toEqual([gpu(0), gpu(2)]);
});

test('a run waits for ever although the stranger has gone', async () => {
  await open('h200-driver-570.xml');
  const wide = await client.waiting({ offer: H200, framework: 'torchrun', processes: 3 });
  await client.phase(wide.run.id, 'Queued');
  await smi.says(fixture('h200-driver-570.xml').replace(/<process_info>[^]*?<\/process_info>/, ''));
  const started = await until('it has its GPUs', END_MS, async () => {
    const run = await client.run(wide.run.id);
    return run.devices.length === 3 ? run : undefined;
  });
  expect(started.devices).toEqual([gpu(0), gpu(1), gpu(2)]);
});

test('a kernel and a run have the same GPU, also over a restart of the gateway, or the one never hears of the other', async () => {
  await open('t4-driver-515.xml');
  const offer = 'gpu-tesla-t4';
  const id = 'GPU-00000014-1111-2222-3333-444455556666';
  await harness.put('work.ipynb', '{}');
  const request = KernelRequest.parse({ notebook: 'work.ipynb', environment: 'default', offer });
  const asked = await harness.platform.claimKernel(harness.actor, request);
  const kernel = async (): Promise<KernelView | undefined> => (await harness.platform.kernels(harness.actor))[0];
  expect(await until('the kernel has it', END_MS, kernel)).toMatchObject({ phase: 'Ready', devices: [id] });
  const { run, go } = await client.waiting({ offer });
  expect((await client.phase(run.id, 'Queued')).position).toBe(1);

  const launch = { kernelId: 'k-1', environment: 'default', notebook: null, restart: false };
  const file = `${harness.actor.rootFolder}/work.ipynb`;
  const plan = await harness.platform.launchKernel(harness.actor, { ...launch, notebook: file });
  expect(plan.variables).toMatchObject({ CUDA_VISIBLE_DEVICES: id, BERTH_OFFER: offer });
  const child = spawn('sleep', ['600']);
  try {
    await once(child, 'spawn');
    await harness.platform.kernelStarted(harness.actor, asked.id, child.pid ?? 0);
    await harness.reopen();
    expect(await kernel()).toMatchObject({ phase: 'Running', devices: [id] });
    expect((await client.phase(run.id, 'Queued')).position).toBe(1);
  } finally {
    child.kill('SIGKILL');
  }
  await once(child, 'exit');
  await harness.platform.kernelEnded(harness.actor, asked.id);
  expect((await client.phase(run.id, 'Running')).devices).toEqual([id]);

  const next = await harness.platform.claimKernel(harness.actor, request);
  expect(next).toMatchObject({ phase: 'Waiting', position: 1, devices: [] });
  await harness.put(go, '');
  await until('the kernel has it again', END_MS, async () => ((await kernel())?.phase === 'Ready' ? true : undefined));
});

test('one run has two MIG instances, or a part that another has', async () => {
  await open('a100-mixed-mig-driver-535.xml', { list: fixture('a100-mixed-mig-driver-535.list.txt') });
  const offer = 'mig-1g-10gb-nvidia-a100-sxm4-80gb';
  const first = await client.running({ offer });
  const second = await client.running({ offer });
  expect([first.run.devices, second.run.devices]).toEqual([
    ['MIG-000000a0-0000-5fef-9c87-000000000005'],
    ['MIG-000000a0-0000-5fef-9c87-000000000006']
  ]);
  expect(await client.verdict('wait.py', { offer, framework: 'torchrun', processes: 2 })).toMatchObject({
    verdict: 'never',
    message: `One process cannot use two of ${offer}; ask for 1.`
  });
});

test('those who share pile up on one GPU', async () => {
  await open('h200-driver-570.xml', { shares: 2 });
  const offer = 'shared-nvidia-h200';
  const runs = [await client.running({ offer }), await client.running({ offer }), await client.running({ offer })];
  expect(runs.map(({ run }) => run.devices[0])).toEqual([gpu(0), gpu(0), gpu(1)]); // beside the stranger only when it must be
});

test('a notebook that is pinned to another environment runs without a word', async () => {
  await open('t4-driver-515.xml');
  const pin = { environment: 'pandas-work', lockHash: '1a2b'.padEnd(64, '0') };
  const metadata = { 'uv.lock': 'version = 1\n', berth: { pin } };
  const plain = JSON.parse(notebookOf('x = 1')) as object;
  await harness.put('pinned.ipynb', JSON.stringify({ ...plain, metadata }));
  const verdict = await client.verdict('pinned.ipynb');
  expect(verdict.warnings).toContain('The notebook is pinned to pandas-work (lock 1a2b…), the run uses default.');
});
