/** What of the kernels outlives a gateway: real files, real processes, and a gateway that is killed at any time. */
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { GPU, KernelsWorld } from './kernels.testkit.js';

/** Processes start slowly on a machine that has much to do. */
jest.setTimeout(30_000);

let world: KernelsWorld;
afterEach(() => world.close());

const device = (index: number): string => `GPU-0000001${index}-1111-2222-3333-444455556666`;

describe('after a kill of the gateway', () => {
  beforeEach(async () => {
    world = await KernelsWorld.make(1);
  });

  test('who runs keeps the GPU, who waits keeps the place, and who has died meanwhile loses it', async () => {
    await world.claim('a.ipynb', { offer: GPU });
    const { id, kill } = await world.run('a.ipynb');
    const waiting = await world.claim('b.ipynb', { offer: GPU });
    await world.open();
    expect(world.view(id)).toMatchObject({ phase: 'Running', devices: [device(0)] });
    expect(world.view(waiting.id)).toMatchObject({ phase: 'Waiting', position: 1 });
    await kill();
    await world.open();
    await world.look();
    await world.pass(15);
    expect(world.endOf(id)).toBe('Its process ended.');
    expect(world.view(waiting.id)).toMatchObject({ phase: 'Ready', devices: [device(0)] });
  });

  test('a record that cannot be read is set aside, and what it held is free', async () => {
    const { id } = await world.claim('a.ipynb', { offer: GPU });
    await writeFile(join(world.folder, `${id}.json`), '{"version": 1, "id": ');
    await world.open();
    expect(world.kernels.list()).toEqual([]);
    expect(world.logged).toEqual([expect.stringContaining('set aside')]);
    expect(await readdir(world.folder)).toEqual([`${id}.json.damaged`]);
    expect(await world.claim('b.ipynb', { offer: GPU })).toMatchObject({ phase: 'Ready' });
  });

  test('kernels of another machine that shares the folder hold nothing here', async () => {
    await world.claim('a.ipynb', { offer: GPU });
    await world.open({ host: 'another' });
    expect(world.kernels.list()).toEqual([]);
  });

  test('records are private', async () => {
    const { id } = await world.claim('a.ipynb');
    const modes = await Promise.all(
      [world.folder, join(world.folder, `${id}.json`)].map(async path => (await stat(path)).mode)
    );
    expect(modes.map(mode => mode & 0o777)).toEqual([0o700, 0o600]);
    expect(await readFile(join(world.folder, `${id}.json`), 'utf8')).toContain('a.ipynb');
  });

  test('closing leaves everything as it is', async () => {
    await world.claim('a.ipynb', { offer: GPU });
    const { id } = await world.run('a.ipynb');
    await world.kernels.close();
    await world.open();
    expect(world.view(id)).toMatchObject({ phase: 'Running' });
  });

  test('where nothing can be saved a claim is refused, but a notebook still gets its kernel', async () => {
    await rm(world.folder, { recursive: true });
    await expect(world.claim('a.ipynb', { offer: GPU })).rejects.toThrow();
    expect(world.slotsHeld()).toBe(0);
    expect((await world.launch('a.ipynb')).variables).toMatchObject({ BERTH_OFFER: 'cpu' });
  });
});
