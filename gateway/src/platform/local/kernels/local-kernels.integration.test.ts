/** Notebook kernels and what they hold, with real processes and files. */
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { KernelChange } from '../ports.js';
import { GPU, KernelsWorld } from './kernels.testkit.js';

/** Processes start slowly on a machine that has much to do. */
jest.setTimeout(30_000);

let world: KernelsWorld;
afterEach(() => world.close());

const device = (index: number): string => `GPU-0000001${index}-1111-2222-3333-444455556666`;

describe('on one GPU', () => {
  beforeEach(async () => {
    world = await KernelsWorld.make(1);
  });

  test('a kernel on the processors waits for nobody and keeps nobody waiting', async () => {
    const kernel = await world.claim('a.ipynb', { offer: 'cpu', count: 3 });
    expect(kernel).toMatchObject({ phase: 'Ready', devices: [], position: null, expiresAtMs: world.nowMs + 120_000 });
    expect(world.kernels.claims()).toMatchObject([{ kind: 'kernel', name: 'a', slots: 0, state: 'holding' }]);
    const { id, argv, variables } = await world.launch('a.ipynb');
    expect(id).toBe(kernel.id);
    expect(argv).toContain('{connection_file}');
    expect(variables).toMatchObject({
      CUDA_VISIBLE_DEVICES: '',
      OMP_NUM_THREADS: '3',
      BERTH_OFFER: 'cpu',
      BERTH_ENVIRONMENT: 'work',
      BERTH_LOCK_HASH: 'a'.repeat(64),
      VIRTUAL_ENV: '/environments/work'
    });
  });

  test('the second in line waits with its place, and has the GPU when the first gives it up', async () => {
    const [first, second] = [
      await world.claim('a.ipynb', { offer: GPU }),
      await world.claim('b.ipynb', { offer: GPU })
    ];
    expect(first).toMatchObject({ phase: 'Ready', devices: [device(0)] });
    expect(second).toMatchObject({ phase: 'Waiting', devices: [], position: 1, sinceMs: null });
    expect(second.message).toMatch(/^Place 1 in line for 1 × /);
    await world.kernels.release(first.id);
    expect(world.endOf(first.id)).toBe('');
    expect(world.view(second.id)).toMatchObject({ phase: 'Ready', devices: [device(0)], position: null });
  });

  test('runs and kernels stand in one line', async () => {
    const held = { kind: 'run', id: 'r-1', name: 'r', offer: GPU, slots: 1, priority: 0, submittedAtMs: 0 } as const;
    world.runs = [{ ...held, state: 'holding', sinceMs: 0, devices: [device(0)], pids: [] }];
    const kernel = await world.claim('a.ipynb', { offer: GPU });
    expect(kernel).toMatchObject({ phase: 'Waiting', position: 1 });
    world.runs = [{ ...held, state: 'waiting', sinceMs: 0, devices: [], pids: [] }];
    await world.look();
    expect(world.view(kernel.id)).toMatchObject({ phase: 'Waiting' }); // the run is next
    world.runs = [];
    await world.look();
    expect(world.view(kernel.id)).toMatchObject({ phase: 'Ready' });
  });

  test('nobody takes it: after two minutes the next in line has it', async () => {
    const [first, second] = [
      await world.claim('a.ipynb', { offer: GPU }),
      await world.claim('b.ipynb', { offer: GPU })
    ];
    await world.pass(119);
    expect(world.view(first.id)).toMatchObject({ phase: 'Ready' });
    await world.pass(1);
    expect(world.endOf(first.id)).toBe('Nobody took it within 2 minutes.');
    expect(world.view(second.id)).toMatchObject({ phase: 'Ready' });
  });

  test('two tabs that ask for the same have the same; asking for something else replaces it', async () => {
    const asked = await Promise.all([world.claim('a.ipynb', { offer: GPU }), world.claim('a.ipynb', { offer: GPU })]);
    expect(asked[0].id).toBe(asked[1].id);
    const other = await world.claim('a.ipynb', { offer: 'cpu' });
    expect(world.endOf(asked[0].id)).toBe('');
    expect(world.kernels.list().map(({ id }) => id)).toEqual([other.id]);
  });

  test('another environment for a kernel that waits does not cost its place in line', async () => {
    await world.claim('a.ipynb', { offer: GPU });
    await world.claim('b.ipynb', { offer: GPU });
    world.nowMs += 1_000;
    await world.claim('c.ipynb', { offer: GPU });
    world.nowMs += 1_000;
    expect(await world.claim('b.ipynb', { offer: GPU, environment: 'default' })).toMatchObject({ position: 1 });
  });

  test('a kernel that is to be replaced on the only GPU does not wait for itself, and nothing is counted twice', async () => {
    await world.claim('a.ipynb', { offer: GPU, environment: 'default' });
    const old = await world.run('a.ipynb', { environment: 'default', kernelId: 'k-1' });
    const heir = await world.claim('a.ipynb', { offer: GPU, kernelId: 'k-1' });
    expect(heir).toMatchObject({ phase: 'Ready', devices: [device(0)] });
    const other = await world.claim('b.ipynb', { offer: GPU });
    expect([world.slotsHeld(), other.phase]).toEqual([1, 'Waiting']);
    await world.run('a.ipynb', { kernelId: 'k-2' });
    expect([world.slotsHeld(), world.view(old.id)?.phase]).toEqual([1, 'Running']);
    await old.kill();
    await world.kernels.ended(old.id);
    expect(world.endOf(old.id)).toBe('');
    expect([world.slotsHeld(), world.view(heir.id)?.phase, world.view(other.id)?.phase]).toEqual([
      1,
      'Running',
      'Waiting'
    ]);
  });

  test('one that was to take over a GPU keeps it when the former kernel ends first', async () => {
    await world.claim('a.ipynb', { offer: GPU, environment: 'default' });
    const old = await world.run('a.ipynb', { environment: 'default' });
    const heir = await world.claim('a.ipynb', { offer: GPU });
    await old.kill();
    await world.kernels.ended(old.id);
    expect(world.view(heir.id)).toMatchObject({ phase: 'Ready', devices: [device(0)] });
    expect(world.slotsHeld()).toBe(1);
  });

  test('a restart keeps the GPU: also when the old process is gone for a while', async () => {
    await world.claim('a.ipynb', { offer: GPU });
    const { id, kill } = await world.run('a.ipynb');
    await kill();
    await world.pass(14);
    expect(world.view(id)).toMatchObject({ phase: 'Running', message: expect.stringContaining('gone') as string });
    const again = await world.run('a.ipynb', { restart: true });
    expect(again.id).toBe(id);
    await world.pass(3_600);
    expect(world.view(id)).toMatchObject({ phase: 'Running', devices: [device(0)], message: '' });
  });

  test('a restart takes what is kept for this very kernel, and gives back what it had', async () => {
    const former = await world.run('a.ipynb');
    const kept = await world.claim('a.ipynb', { offer: GPU, kernelId: 'jupyter-1' });
    await former.kill();
    const { id, variables } = await world.launch('moved.ipynb', { restart: true });
    expect(id).toBe(kept.id);
    expect(variables).toMatchObject({
      CUDA_VISIBLE_DEVICES: device(0),
      CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
      BERTH_OFFER: GPU
    });
    expect(world.endOf(former.id)).toBe('');
  });

  test('a kernel that is killed gives back its GPU', async () => {
    await world.claim('a.ipynb', { offer: GPU });
    const { id, kill } = await world.run('a.ipynb');
    await kill();
    await world.look();
    await world.pass(15);
    expect(world.endOf(id)).toBe('Its process ended.');
    expect(world.slotsHeld()).toBe(0);
  });

  test('a kernel is killed and nobody says so: the clock has it noticed', async () => {
    await world.claim('a.ipynb', { offer: GPU });
    const { id, kill } = await world.run('a.ipynb');
    await kill();
    await world.look();
    world.nowMs += 15_000;
    expect(await world.untilGone(id)).toBe('Its process ended.');
  });

  test('one that is said to have ended but lives keeps its GPU until it is gone', async () => {
    await world.claim('a.ipynb', { offer: GPU });
    const { id, kill } = await world.run('a.ipynb');
    await world.kernels.ended(id);
    expect(world.slotsHeld()).toBe(1);
    await kill();
    await world.look();
    expect(world.endOf(id)).toBe('');
  });

  test('a server that dies while it starts a kernel does not hold the GPU', async () => {
    await world.claim('a.ipynb', { offer: GPU });
    const { id } = await world.launch('a.ipynb');
    expect(world.view(id)).toMatchObject({ phase: 'Starting', kernelId: 'jupyter-1', lockHash: 'a'.repeat(64) });
    await world.pass(60);
    expect(world.endOf(id)).toBe('It was not started within 60 seconds.');
  });

  test('opening a notebook takes no GPU: neither that of another environment nor one that is still waited for', async () => {
    await world.claim('a.ipynb', { offer: GPU });
    expect((await world.launch('a.ipynb', { environment: 'default' })).variables).toMatchObject({ BERTH_OFFER: 'cpu' });
    expect((await world.launch(null, { kernelId: 'console' })).variables).toMatchObject({ CUDA_VISIBLE_DEVICES: '' });
    const waiting = await world.claim('b.ipynb', { offer: GPU });
    expect((await world.launch('b.ipynb', { kernelId: 'k-b' })).variables).toMatchObject({ BERTH_OFFER: 'cpu' });
    expect(world.view(waiting.id)).toMatchObject({ phase: 'Waiting' });
  });

  test('a notebook is the same through a link to its folder', async () => {
    await symlink(world.actor.rootFolder, join(world.root, 'link'));
    const kernel = await world.claim('a.ipynb', { offer: GPU });
    expect((await world.launch(null, { notebook: join(world.root, 'link', 'a.ipynb') })).id).toBe(kernel.id);
  });

  test('a kernel that nobody asked for may use all processors, and is shown with them', async () => {
    const { id, variables } = await world.launch('a.ipynb');
    expect(world.view(id)).toMatchObject({ offer: 'cpu', count: 4 });
    expect(variables).not.toHaveProperty('OMP_NUM_THREADS');
    await world.claim('b.ipynb', { offer: 'cpu', count: 1 });
    const limited = await world.launch('b.ipynb', { kernelId: 'k-b' });
    expect([world.view(limited.id)?.count, limited.variables['OMP_NUM_THREADS']]).toEqual([1, '1']);
  });

  test('a kernel whose GPU another has taken over is not restarted on it as well', async () => {
    await world.claim('a.ipynb', { offer: GPU, environment: 'default' });
    const old = await world.run('a.ipynb', { environment: 'default', kernelId: 'k-1' });
    await world.claim('a.ipynb', { offer: GPU });
    const heir = await world.run('a.ipynb', { kernelId: 'k-2' });
    await old.kill();
    const again = await world.launch('a.ipynb', { environment: 'default', kernelId: 'k-1', restart: true });
    expect(again.variables).toMatchObject({ CUDA_VISIBLE_DEVICES: '', BERTH_OFFER: 'cpu' });
    expect([world.slotsHeld(), world.view(heir.id)?.devices]).toEqual([1, [device(0)]]);
  });

  test('an environment that is gone is named when a kernel is to start in it', async () => {
    world.states.set('work', 'absent');
    await expect(world.launch('a.ipynb')).rejects.toMatchObject({
      code: 'conflict',
      message: 'The environment work is not on this machine; make or repair it in the Berth panel.'
    });
    await expect(world.launch('a.ipynb', { environment: 'other' })).rejects.toMatchObject({ code: 'not-found' });
    expect(world.kernels.list()).toEqual([]);
  });

  test('what runs is shut down, not released; and what is not there is not found', async () => {
    const { id } = await world.run('a.ipynb');
    await expect(world.kernels.release(id)).rejects.toMatchObject({ code: 'conflict' });
    for (const act of [world.kernels.release('x'), world.kernels.started('x', 1), world.kernels.ended('x')]) {
      await expect(act).rejects.toMatchObject({ code: 'not-found' });
    }
    const { id: unlaunched } = await world.claim('b.ipynb');
    await expect(world.kernels.started(unlaunched, 1)).rejects.toMatchObject({ code: 'conflict' });
  });

  test('each change is told once, in order', async () => {
    const { id } = await world.claim('a.ipynb');
    const { kill } = await world.run('a.ipynb');
    await world.look();
    await kill();
    await world.kernels.ended(id);
    const told = world.changes.map((change: KernelChange) =>
      change.type === 'kernel' ? change.kernel.phase : change.type
    );
    expect(told).toEqual(['Ready', 'Starting', 'Running', 'kernel-deleted']);
  });
});

describe('on two GPUs', () => {
  beforeEach(async () => {
    world = await KernelsWorld.make(2);
  });

  test('no GPU is given to two', async () => {
    const kernels = await Promise.all(['a.ipynb', 'b.ipynb', 'c.ipynb'].map(name => world.claim(name, { offer: GPU })));
    expect(kernels.map(({ phase }) => phase).sort()).toEqual(['Ready', 'Ready', 'Waiting']);
    expect(kernels.flatMap(({ devices }) => devices).sort()).toEqual([device(0), device(1)]);
  });

  test('from one GPU to two: the first is taken over, only the second is waited for', async () => {
    await world.claim('a.ipynb', { offer: GPU });
    const old = await world.run('a.ipynb');
    const other = await world.claim('b.ipynb', { offer: GPU });
    const both = await world.claim('a.ipynb', { offer: GPU, count: 2 });
    expect(both).toMatchObject({ phase: 'Waiting', position: 1 });
    await world.kernels.release(other.id);
    expect(world.view(both.id)).toMatchObject({ phase: 'Ready', devices: [device(0), device(1)] });
    expect(world.slotsHeld()).toBe(2);
    const { variables } = await world.launch('a.ipynb', { kernelId: 'k-2' });
    expect(variables['CUDA_VISIBLE_DEVICES']).toBe(`${device(0)},${device(1)}`);
    expect(world.slotsHeld()).toBe(2);
    await old.kill();
    await world.kernels.ended(old.id);
    expect(world.slotsHeld()).toBe(2);
  });

  test('from two GPUs to one: the other is free when the former kernel has ended', async () => {
    await world.claim('a.ipynb', { offer: GPU, count: 2 });
    const old = await world.run('a.ipynb');
    await world.claim('a.ipynb', { offer: GPU });
    const { id } = await world.run('a.ipynb', { kernelId: 'k-2' });
    expect([world.slotsHeld(), world.view(id)?.devices]).toEqual([2, [device(0)]]);
    await old.kill();
    await world.kernels.ended(old.id);
    expect(world.slotsHeld()).toBe(1);
    expect(await world.claim('b.ipynb', { offer: GPU })).toMatchObject({ devices: [device(1)] });
  });
});
