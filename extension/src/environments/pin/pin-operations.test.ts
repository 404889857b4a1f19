import '../../testing/dom.testkit.js';
import type { Environment, EnvironmentDetail, LockView } from '@berth/gateway/contract';
import { Notification } from '@jupyterlab/apputils';
import type { Contents } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { GatewayError } from '../../shared/gateway-error.js';
import type { IGateway } from '../../shared/tokens.js';
import { showDialogs } from '../../testing/dialog.testkit.js';
import { FakeModel } from '../../testing/fake-model.testkit.js';
import { makeEnvironment } from '../../testing/gateway.testkit.js';
import { LockReader } from '../notebook/lock-reader.js';
import { NotebookEnvironment } from '../notebook/notebook-environment.js';
import { FakeNotebook, quietYjs } from '../testing/notebook.testkit.js';
import type { IPin } from './pin-metadata.js';
import { PinOperations, type IPinOperationsOptions } from './pin-operations.js';

const trans = nullTranslator.load('jupyterlab_berth');
const pin: IPin = { lock: 'version = 1', environment: 'work', lockHash: null, python: '3.11.7', implementation: null };
const LOCK: LockView = {
  lockHash: 'f'.repeat(64),
  requiresPython: '',
  contents: [{ name: 'six', version: '1.17.0' }],
  requested: ['six'],
  environments: [],
  problem: null
};

beforeAll(showDialogs);
beforeAll(quietYjs);
afterEach(() => Notification.dismiss());

const detailOf = (environment: Environment): EnvironmentDetail => ({
  environment,
  lock: 'version = 1\n# its lock',
  contents: LOCK.contents
});

async function open(environments: readonly Environment[], pinned: IPin | null = pin) {
  const notebook = new FakeNotebook(pinned);
  notebook.packages = { six: '1.17.0' };
  const model = new FakeModel({ environments: [...environments] });
  const client = {
    environment: jest.fn((name: string) => Promise.resolve(detailOf(makeEnvironment(name, { python: '3.11.7' })))),
    inspectLock: () => Promise.resolve(LOCK),
    createEnvironment: jest.fn(({ name }: { name: string }) =>
      Promise.resolve(makeEnvironment(name, { state: 'creating' }))
    ),
    makeEnvironment: jest.fn((name: string) => Promise.resolve(makeEnvironment(name, { state: 'creating' }))),
    repairEnvironment: jest.fn((name: string) => Promise.resolve(makeEnvironment(name, { state: 'creating' })))
  };
  const contents = { get: () => Promise.resolve({ content: notebook.model.toJSON() }) } as unknown as Contents.IManager;
  const gateway = { client, model } as unknown as IGateway;
  const commands = {} as IPinOperationsOptions['commands']; // no kernel here holds a GPU
  const operations = new PinOperations({ gateway, contents, commands, trans });
  const locks = new LockReader(client);
  const environment = new NotebookEnvironment({ panel: notebook.panel, model, locks, isRecording: () => true });
  await waitFor(() => expect(environment.facts).not.toBeNull());
  await waitFor(() => expect(environment.judgement.standing).not.toBe('checking'));
  return { notebook, environment, model, client, operations };
}

const told = (): string[] => Notification.manager.notifications.map(({ message }) => message);

test('a pin is the lock of the environment, and says so', async () => {
  const { environment, operations } = await open([makeEnvironment('work')], null);
  expect(await operations.pin(environment, 'work')).toBe(true);
  expect(environment.pin).toMatchObject({ lock: 'version = 1\n# its lock', environment: 'work' });
  expect(told()).toEqual(['Pinned to work.']);
});

test('a pin that cannot be had changes nothing, and says why with the request', async () => {
  const { environment, client, operations } = await open([makeEnvironment('work')], null);
  client.environment.mockRejectedValueOnce(new GatewayError('not-found', 'No such environment.', 'r-9'));
  expect(await operations.pin(environment, 'work')).toBe(false);
  expect(environment.pin).toBeNull();
  expect(told()[0]).toMatch(/^Could not pin to work\. No such environment\. \(.*r-9\)$/);
});

test('use switches the kernel, then pins', async () => {
  const { notebook, environment, operations } = await open([makeEnvironment('other')], null);
  expect(await operations.use(environment, 'other')).toBe(true);
  expect(notebook.starts).toEqual(['berth-other']);
  expect(environment.pin?.environment).toBe('other');
});

test('a kernel that the person keeps running is not pinned to what it does not run in', async () => {
  const { notebook, environment, operations } = await open([makeEnvironment('other')], null);
  notebook.isBusy = true;
  const using = operations.use(environment, 'other');
  await screen.findByText(/The kernel is busy/);
  fireEvent.click(screen.getByRole('button', { name: 'Keep It Running', hidden: true }));
  expect(await using).toBe(false);
  expect(environment.pin).toBeNull();
  expect(notebook.starts).toEqual([]);
});

test('what is here already is switched to, without making anything', async () => {
  const { notebook, environment, client, operations } = await open([makeEnvironment('twin')]);
  expect(await operations.restore(environment)).toBe(true);
  expect(notebook.starts).toEqual(['berth-twin']);
  expect(client.createEnvironment).not.toHaveBeenCalled();
});

test('what is not here is made from the lock, shown as going on, and switched to once it is there', async () => {
  const { notebook, environment, model, client, operations } = await open([]);
  const restoring = operations.restore(environment);
  expect(environment.isRestoring).toBe(true);
  expect(await operations.restore(environment)).toBe(false); // a second press does nothing
  await waitFor(() => expect(client.createEnvironment).toHaveBeenCalledTimes(1));
  const request = { name: 'work', python: '3.11', source: { kind: 'uv-lock', text: pin.lock }, allowBuilds: false };
  expect(client.createEnvironment).toHaveBeenCalledWith(request);
  model.show({ environments: [makeEnvironment('work', { state: 'creating' })] });
  model.show({ environments: [makeEnvironment('work')] });
  expect(await restoring).toBe(true);
  expect(notebook.starts).toEqual(['restart']);
  expect(environment.isRestoring).toBe(false);
});

test('a restore that fails says why, and can be tried again', async () => {
  const { notebook, environment, model, operations } = await open([]);
  const restoring = operations.restore(environment);
  model.show({ environments: [makeEnvironment('work', { state: 'creating', lockHash: '' })] });
  await waitFor(() => expect(environment.isRestoring).toBe(true));
  await Promise.resolve();
  model.show({ environments: [makeEnvironment('work', { state: 'failed', lockHash: '', message: 'No wheel.' })] });
  expect(await restoring).toBe(false);
  expect(told()).toEqual(['The environment work could not be made. No wheel.']);
  expect(notebook.starts).toEqual([]);
  expect(environment.isRestoring).toBe(false);
});

test('a kernel that runs in the very environment that was changed has it repaired, then restarts', async () => {
  const { notebook, environment, model, client, operations } = await open([makeEnvironment('work')]);
  notebook.packages = { six: '1.17.0', cowsay: '6.1' };
  await environment.cellRan(notebook.cells[0]!);
  expect(environment.judgement.standing).toBe('drift');
  const restoring = operations.restore(environment);
  await waitFor(() => expect(client.repairEnvironment).toHaveBeenCalledWith('work'));
  model.show({ environments: [makeEnvironment('work', { state: 'creating' })] });
  model.show({ environments: [makeEnvironment('work', { createdAtMs: 2_000 })] });
  expect(await restoring).toBe(true);
  expect(notebook.starts).toEqual(['restart']);
});

test.each([
  [{ six: '1.17.0' }, false],
  [{ six: '1.16.0' }, true]
])('drift from an environment is told by its packages: %j', async (packages, want) => {
  const { notebook, environment, operations } = await open([makeEnvironment('work')], null);
  notebook.packages = packages;
  await environment.cellRan(notebook.cells[0]!);
  expect(await operations.hasDrifted(environment, 'work')).toBe(want);
});
