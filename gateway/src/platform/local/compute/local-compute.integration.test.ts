import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Offer, Usage } from '../../../contract/index.js';
import { until } from '../../until.testkit.js';
import type { ComputeClaim, PlatformLog } from '../ports.js';
import { claim, holder } from './claims.testkit.js';
import { FakeNvidiaSmi, fixture } from './fake-nvidia-smi.testkit.js';
import { LocalCompute } from './local-compute.js';
import type { LocalComputeOptions } from './local-compute.js';

const H200 = 'gpu-nvidia-h200';
const WAIT_MS = 20_000;

let smi: FakeNvidiaSmi;
let compute: LocalCompute | undefined;
let logged: string[] = [];

beforeEach(async () => {
  logged = [];
  smi = await FakeNvidiaSmi.make(fixture('h200-driver-570.xml'));
});
afterEach(async () => {
  await compute?.close();
  compute = undefined;
  await smi.remove();
});

async function open(more: Partial<LocalComputeOptions> = {}): Promise<LocalCompute> {
  const note =
    (level: string) =>
    (message: string, fields?: object): void =>
      void logged.push(`${level}: ${message} ${JSON.stringify(fields)}`);
  const log: PlatformLog = { error: note('error'), warn: note('warn'), info: note('info') };
  const machine = { cores: 2, memoryBytes: 1024 ** 3 };
  const { PATH } = process.env;
  const variables = { PATH, BERTH_NVIDIA_SMI: smi.program };
  compute = await LocalCompute.open({ log, clock: () => new Date(), machine, variables, ...more });
  return compute;
}

function offersOf(of: LocalCompute): string[] {
  return of.offers([]).map(offer => Offer.parse(offer).id);
}

test('a machine without the program, or whose driver fails, has offers that nobody can take', async () => {
  const bare = await open({ variables: { PATH: '/nonexistent' } });
  bare.look();
  expect(offersOf(bare)).toEqual(['cpu']);
  expect(bare.pickDevices(H200, 1, [])).toBeUndefined();
  expect(bare.pickDevices('cpu', 2, [])).toEqual([]);
  await smi.fails("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.");
  const failing = await open();
  failing.look();
  expect(offersOf(failing)).toEqual(['cpu']);
  expect(await smi.asked()).toEqual(['-q -x']);
  expect(logged).toEqual([
    expect.stringContaining('info: no GPUs: nvidia-smi does not work here {"problem":"it cannot be run: ENOENT"'),
    expect.stringContaining("couldn't communicate")
  ]);
});

test('a driver that hangs holds the gateway up', async () => {
  await smi.hangs();
  const hanging = await open({ patienceMs: 200 });
  expect(offersOf(hanging)).toEqual(['cpu']);
  expect(logged).toEqual([expect.stringContaining('it does not answer within 0.2 s')]);
});

test('a driver that begins to hang gives GPUs out that nobody has looked at, and is never forgiven', async () => {
  const told = await open({ patienceMs: 1_000 });
  let changes = 0;
  told.onChange(() => (changes += 1));
  await smi.hangs();
  const blocked = await until('it is noticed', WAIT_MS, async () => {
    told.look();
    return told.capacities([claim('a', H200)]).find(({ offer, blocked }) => offer === H200 && blocked?.length === 3);
  });
  expect(blocked).toMatchObject({ slots: 3 });
  expect(told.pickDevices(H200, 1, [])).toBeUndefined();
  const { samples } = await told.usage({ afterMs: 0 }, []);
  expect(samples.at(-1)?.devices).toMatchObject([{ utilisation: null }, { utilisation: null }, { utilisation: null }]);
  await smi.says(fixture('h200-driver-570.xml'));
  await until('it is forgiven', WAIT_MS, async () => {
    told.look();
    return told.pickDevices(H200, 1, []);
  });
  expect(changes).toBeGreaterThanOrEqual(2);
});

test('the list of instances is asked for where there are none, or not where there are', async () => {
  await open();
  expect(await smi.asked()).toEqual(['-q -x']);
  await smi.says(fixture('a100-mixed-mig-driver-535.xml'), fixture('a100-mixed-mig-driver-535.list.txt'));
  const mig = await open();
  expect(await smi.asked()).toEqual(['-q -x', '-q -x', '-L']);
  expect(offersOf(mig)).toEqual([
    'cpu',
    'mig-3g-40gb-nvidia-a100-sxm4-80gb',
    'mig-1g-10gb-nvidia-a100-sxm4-80gb',
    'gpu-nvidia-a100-sxm4-80gb'
  ]);
});

test('a stranger that goes is not noticed while somebody waits', async () => {
  const busy = await open();
  const waiting = [claim('a', H200, { slots: 3 })];
  expect(busy.pickDevices(H200, 3, waiting)).toBeUndefined();
  let changes = 0;
  busy.onChange(() => (changes += 1));
  await smi.says(fixture('h200-driver-570.xml').replace(/<process_info>[^]*?<\/process_info>/, ''));
  busy.capacities(waiting);
  await until('the stranger is gone', WAIT_MS, async () => busy.pickDevices(H200, 3, waiting));
  expect(changes).toBe(1);
});

test('in a container a stranger is forgotten as soon as somebody is given its device, or at the next look', async () => {
  await smi.says(fixture('a100-mixed-mig-driver-535.xml'), fixture('a100-mixed-mig-driver-535.list.txt'));
  const shared = await open();
  const strangers = (claims: ComputeClaim[]) => shared.offers(claims)[1]?.devices.flatMap(one => one.strangers);
  const looks = async (): Promise<number> => (await smi.asked()).filter(line => line === '-q -x').length;
  const lookAgain = async (claims: ComputeClaim[]): Promise<void> => {
    const before = await looks();
    await until('it is looked at again', WAIT_MS, async () => {
      await shared.usage({ afterMs: 0 }, claims);
      return (await looks()) > before + 1 ? true : undefined;
    });
  };
  await lookAgain([]);
  const instance = 'MIG-000000a0-0000-5fef-9c87-000000000001';
  const run = [holder('a', 'mig-3g-40gb-nvidia-a100-sxm4-80gb', [instance], { pids: [12] })];
  expect(strangers(run)).toMatchObject([{ pid: 70001 }]);
  await lookAgain(run);
  expect(strangers(run)).toMatchObject([{ pid: 70001 }]);
});

test('each look leads to another one at once, so that the driver is never left alone', async () => {
  const held = await open();
  const run = [holder('a', H200, ['GPU-00002000-1111-2222-3333-444455556666'])];
  held.capacities(run);
  await held.usage({ afterMs: 0 }, run);
  const before = (await smi.asked()).length;
  const { samples } = await until('a second sample', WAIT_MS, async () => {
    const usage = await held.usage({ afterMs: 0 }, run);
    return usage.samples.length > 1 ? usage : undefined;
  });
  expect((await smi.asked()).length - before).toBeLessThanOrEqual(samples.length);
});

test('a child of a run is a stranger to it', async () => {
  const child = spawn('sleep', ['600']);
  try {
    await once(child, 'spawn');
    await smi.says(fixture('h200-driver-570.xml').replace('70002', String(child.pid)));
    const own = await open();
    const run = holder('a', H200, ['GPU-00002001-1111-2222-3333-444455556666'], { pids: [process.pid] });
    expect(own.offers([run])[1]).toMatchObject({ used: 1, devices: [{}, { holders: ['a'], strangers: [] }, {}] });
    expect(own.offers([])[1]).toMatchObject({ used: 1, devices: [{}, { strangers: [{ pid: child.pid }] }, {}] });
  } finally {
    child.kill('SIGKILL');
  }
});

test('usage begins with nothing, or never has a rate', async () => {
  const used = await open();
  const run = holder('a', 'cpu', [], { pids: [process.pid] });
  const first = Usage.parse(await used.usage({ afterMs: 0 }, [run]));
  expect(first.samples).toMatchObject([
    {
      machine: { coresTotal: 2, memoryTotalBytes: 1024 ** 3 },
      devices: [{ utilisation: 0 }, { utilisation: 0.97 }, { utilisation: 0 }],
      holders: [{ kind: 'run', id: 'a', cores: null }]
    }
  ]);
  const second = await until('a second sample', WAIT_MS, async () => {
    const { samples } = await used.usage({ afterMs: first.samples[0]?.atMs ?? 0 }, [run]);
    return samples[0];
  });
  expect(second.holders[0]?.cores).toBeGreaterThanOrEqual(0);
  expect(second.holders[0]?.memoryBytes).toBeGreaterThan(10_000_000);
  expect(second.machine.cores).toBeGreaterThanOrEqual(0);
});

test('GPUs are shared by a number that is none', async () => {
  await expect(open({ variables: { BERTH_GPU_SHARES: 'all' } })).rejects.toThrow('an integer from 2 to 64');
});
