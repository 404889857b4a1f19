import '../testing/dom.testkit.js';
import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { GatewayError } from '../shared/gateway-error.js';
import { showDialogs } from '../testing/dialog.testkit.js';
import { FakeModel } from '../testing/fake-model.testkit.js';
import { makeEnvironment } from '../testing/gateway.testkit.js';
import { EnvironmentOperations, type IEnvironmentOperationsOptions } from './environment-operations.js';

const trans = nullTranslator.load('jupyterlab_berth');
const creating = makeEnvironment('work', { state: 'creating' });

beforeAll(showDialogs);
afterEach(() => Notification.dismiss());

function open() {
  const model = new FakeModel({ environments: [creating] });
  const client = {
    makeEnvironment: jest.fn(() => Promise.resolve(creating)),
    deleteEnvironment: jest.fn(() => Promise.resolve())
  };
  const options = { gateway: { client, model }, contents: {}, trans } as unknown as IEnvironmentOperationsOptions;
  return { model, client, operations: new EnvironmentOperations(options) };
}

const told = (): string[] => Notification.manager.notifications.map(({ message }) => message);

test.each([
  [makeEnvironment('work'), ['The environment work is ready.']],
  [
    makeEnvironment('work', { state: 'failed', message: 'No wheel.' }),
    ['The environment work could not be made. No wheel.']
  ],
  [makeEnvironment('work', { state: 'absent' }), []] // cancelled by the person, who knows
])('how a making ends is told to people who look at something else: %j', async (end, want) => {
  const { model, client, operations } = open();
  const making = operations.make('work');
  await waitFor(() => expect(client.makeEnvironment).toHaveBeenCalled());
  model.show({ environments: [creating] });
  model.show({ environments: [end] });
  await making;
  expect(told()).toEqual(want);
});

test('what is refused is told with its reason', async () => {
  const { client, operations } = open();
  client.makeEnvironment.mockRejectedValueOnce(new GatewayError('conflict', 'The disk is full.', 'r-3'));
  await operations.make('work');
  expect(told()[0]).toMatch(/^Could not create work\. The disk is full\. \(.*r-3\)$/);
});

test.each([
  ['Keep It', 0],
  ['Delete', 1]
])('nothing is deleted without a question: %s', async (choice, calls) => {
  const { client, operations } = open();
  const removing = operations.remove('work');
  await screen.findByText(/Notebooks that are pinned to it can restore it|stays\./);
  fireEvent.click(screen.getByRole('button', { name: choice, hidden: true }));
  await removing;
  expect(client.deleteEnvironment).toHaveBeenCalledTimes(calls);
});
