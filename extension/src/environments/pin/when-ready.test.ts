import { FakeModel } from '../../testing/fake-model.testkit.js';
import { makeEnvironment } from '../../testing/gateway.testkit.js';
import { whenReady } from './when-ready.js';

const creating = makeEnvironment('work', { state: 'creating' });

test('it is waited for until it is ready, also when its events are late', async () => {
  const model = new FakeModel({ environments: [] });
  const end = whenReady(model, creating);
  model.show({ environments: [makeEnvironment('other')] });
  model.show({ environments: [creating] });
  model.show({ environments: [makeEnvironment('work')] });
  expect((await end)?.state).toBe('ready');
});

test('an old failure is not the end of a new try', async () => {
  const failed = makeEnvironment('work', { state: 'failed', message: 'old' });
  const model = new FakeModel({ environments: [failed] });
  const end = whenReady(model, creating);
  model.show({ environments: [failed] });
  model.show({ environments: [creating] });
  model.show({ environments: [makeEnvironment('work', { state: 'failed', message: 'new' })] });
  expect((await end)?.message).toBe('new');
});

test('one that is deleted meanwhile is waited for no longer', async () => {
  const model = new FakeModel({ environments: [creating] });
  const end = whenReady(model, creating);
  model.show({ environments: [] });
  expect(await end).toBeNull();
});

test('one that is ready already is not waited for', async () => {
  expect(await whenReady(new FakeModel(), makeEnvironment('work'))).toMatchObject({ name: 'work' });
});
