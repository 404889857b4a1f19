import type { IStateDB } from '@jupyterlab/statedb';
import type { ITrainChoice } from './train-form.js';
import { TrainMemory } from './train-memory.js';

const choice = (processes: string): ITrainChoice => ({
  processes,
  offer: 'cpu',
  environment: 'default',
  framework: 'torchrun'
});

function database(initial?: unknown): { state: IStateDB; saved: () => unknown } {
  let value = initial;
  const state = {
    fetch: () => Promise.resolve(value),
    save: (_: string, next: unknown) => Promise.resolve(void (value = next))
  } as unknown as IStateDB;
  return { state, saved: () => value };
}

test('each notebook has its own', async () => {
  const memory = new TrainMemory(database().state);
  await memory.remember('a.ipynb', choice('1'));
  await memory.remember('b.ipynb', choice('2'));
  await memory.remember('a.ipynb', choice('3'));
  expect((await memory.recall('a.ipynb'))?.processes).toBe('3');
  expect((await memory.recall('b.ipynb'))?.processes).toBe('2');
  expect(await memory.recall('c.ipynb')).toBeNull();
});

test('it does not grow for ever', async () => {
  const { state, saved } = database();
  const memory = new TrainMemory(state);
  for (let index = 0; index < 120; index += 1) await memory.remember(`${index}.ipynb`, choice('1'));
  expect(saved()).toHaveLength(100);
  expect(await memory.recall('119.ipynb')).not.toBeNull();
});

test.each([undefined, null, 7, { a: 1 }, [['a.ipynb']], [['a.ipynb', { processes: 3 }]]])(
  'what somebody else has written there is nothing: %j',
  async initial => {
    expect(await new TrainMemory(database(initial).state).recall('a.ipynb')).toBeNull();
  }
);

test('without a database it remembers nothing and fails at nothing', async () => {
  const memory = new TrainMemory(null);
  await memory.remember('a.ipynb', choice('1'));
  expect(await memory.recall('a.ipynb')).toBeNull();
});
