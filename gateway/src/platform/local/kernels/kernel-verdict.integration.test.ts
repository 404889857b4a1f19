/** What would happen to a request for a kernel, before it is made. */
import { jest } from '@jest/globals';
import { GPU, KernelsWorld, SHARED_GPU } from './kernels.testkit.js';

/** Processes start slowly on a machine that has much to do. */
jest.setTimeout(30_000);

let world: KernelsWorld;
afterEach(() => world.close());

describe('on one GPU', () => {
  beforeEach(async () => {
    world = await KernelsWorld.make(1);
  });

  test.each([
    { name: 'a path out of the root', fields: { notebook: '../a.ipynb' }, code: 'invalid-input', field: 'notebook' },
    { name: 'a file that is no notebook', fields: { notebook: 'a.txt' }, code: 'invalid-input', field: 'notebook' },
    { name: 'an unknown environment', fields: { environment: 'other' }, code: 'not-found', field: 'environment' },
    { name: 'an unknown offer', fields: { offer: 'tpu' }, code: 'never-fits', field: 'offer' },
    { name: 'more GPUs than there are', fields: { offer: GPU, count: 2 }, code: 'never-fits', field: 'count' },
    { name: 'more cores than there are', fields: { offer: 'cpu', count: 5 }, code: 'never-fits', field: 'count' }
  ])('$name is refused with its reason, and the verdict says so before', async ({ fields, code, field }) => {
    const request = { notebook: 'a.ipynb', environment: 'work', offer: 'cpu', count: 1, ...fields };
    const verdict = await world.kernels.verdict(world.actor, request);
    expect(verdict).toMatchObject({ verdict: 'never', problems: [{ field, message: verdict.message }] });
    await expect(world.kernels.claim(world.actor, request)).rejects.toMatchObject({ code, problems: [{ field }] });
    expect(world.kernels.list()).toEqual([]);
  });

  test.each([
    { state: 'absent', warning: 'The environment work has to be made first, which may take some minutes.' },
    { state: 'creating', warning: 'The environment work is being made; the kernel can start when it is ready.' },
    {
      state: 'failed',
      warning: 'The environment work has to be made first again (it failed: no network), which may take some minutes.'
    }
  ] as const)(
    'the verdict is about compute, and warns of an environment that is $state',
    async ({ state, warning }) => {
      world.states.set('work', state);
      const request = { notebook: 'a.ipynb', environment: 'work', offer: GPU, count: 1 };
      expect(await world.kernels.verdict(world.actor, request)).toMatchObject({
        verdict: 'now',
        message: expect.stringMatching(/^Starts when its environment is made: 1 × /) as string,
        problems: [],
        warnings: [warning]
      });
      await expect(world.claim('a.ipynb', { offer: GPU })).rejects.toMatchObject({
        code: 'conflict',
        problems: [{ field: 'environment' }]
      });
      expect(await world.kernels.verdict(world.actor, { ...request, count: 2 })).toMatchObject({ verdict: 'never' });
    }
  );

  test('the verdict says what a claim will find', async () => {
    const request = { notebook: 'a.ipynb', environment: 'work', offer: GPU, count: 1 };
    const verdictOf = (notebook: string) => world.kernels.verdict(world.actor, { ...request, notebook });
    expect(await verdictOf('a.ipynb')).toMatchObject({ verdict: 'now', bundle: null });
    await world.claim('a.ipynb', { offer: GPU });
    expect(await verdictOf('a.ipynb')).toMatchObject({ verdict: 'now' });
    expect(await verdictOf('b.ipynb')).toMatchObject({
      verdict: 'wait',
      position: 1,
      message: expect.stringContaining('place 1 in line: 1 of 1 are in use') as string
    });
    await world.run('a.ipynb');
    expect(await verdictOf('a.ipynb')).toMatchObject({ verdict: 'now' });
  });
});

test('the verdict does not say with whom a shared GPU would be shared', async () => {
  world = await KernelsWorld.make(1, 2);
  const request = { notebook: 'a.ipynb', environment: 'work', offer: SHARED_GPU, count: 1 };
  const want = {
    verdict: 'now',
    warnings: ['A process that Berth did not start computes on Tesla T4 (0): python train.py, pid 1, 2 GiB.']
  };
  expect(await world.kernels.verdict(world.actor, request)).toMatchObject(want);
  await world.claim('a.ipynb', { offer: SHARED_GPU });
  await world.run('a.ipynb');
  expect(await world.kernels.verdict(world.actor, request)).toMatchObject(want);
});
