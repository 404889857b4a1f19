import { ObservableDisposableDelegate } from '@lumino/disposable';
import { OneAtATime } from './one-at-a-time.js';

const make = () => Promise.resolve(new ObservableDisposableDelegate(() => undefined));

test('a second click while the first dialog is on its way opens no other; one that was closed can be opened again', async () => {
  const one = new OneAtATime();
  const [first, second] = await Promise.all([one.open(make), one.open(make)]);
  expect(second).toBe(first);
  first.dispose();
  expect(await one.open(make)).not.toBe(first);
});

test('a dialog that could not be opened is not in the way of the next', async () => {
  const one = new OneAtATime();
  await expect(one.open(() => Promise.reject(new Error('no module')))).rejects.toThrow('no module');
  expect((await one.open(make)).isDisposed).toBe(false);
});
