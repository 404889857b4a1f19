import '../../testing/dom.testkit.js';
import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { GatewayError } from '../../shared/gateway-error.js';
import { FakeModel } from '../../testing/fake-model.testkit.js';
import { makeEnvironment, makeKernel, makeOffer } from '../../testing/gateway.testkit.js';
import { FakeNotebook } from './fake-notebook.testkit.js';
import { NotebookCompute } from './notebook-compute.js';
import { PickerNotices } from './picker-notices.js';

const trans = nullTranslator.load('jupyterlab_berth');
const GPU = makeOffer('gpu-nvidia-h200', { kind: 'gpu', title: 'NVIDIA H200 · 141 GiB' });
const ready = () =>
  makeKernel('c', {
    notebook: 'a/train.ipynb',
    phase: 'Ready',
    offer: GPU.id,
    kernelId: null,
    expiresAtMs: Date.now() + 119_500
  });

afterEach(() => Notification.dismiss());

function setUp() {
  const notebook = new FakeNotebook();
  const model = new FakeModel({ offers: [GPU] });
  const client = {
    claimKernel: jest.fn(() => Promise.reject(new GatewayError('conflict', 'No.', 'r-1'))),
    kernels: jest.fn(() => Promise.resolve({ kernels: [...model.state.kernels] })),
    releaseKernel: jest.fn(() => Promise.resolve()),
    makeEnvironment: jest.fn(() => Promise.resolve(makeEnvironment('a'))),
    cancelEnvironment: jest.fn(() => Promise.resolve(makeEnvironment('a')))
  };
  const compute = new NotebookCompute({ notebook, client, model });
  const onSwitch = jest.fn();
  const notices = new PickerNotices({ compute, trans, onSwitch });
  return { model, client, compute, onSwitch, notices };
}

const told = () => Notification.manager.notifications;
const settled = () => new Promise(resolve => setTimeout(resolve));

test('compute that is ready is offered once, with the time until which it is kept, and the offer goes when it is gone', async () => {
  const { model, onSwitch, client } = setUp();
  model.show({ kernels: [ready()] });
  await settled();
  model.show({ runs: [] });
  expect(told()).toHaveLength(1);
  expect(told()[0]?.message).toMatch(/^H200 is ready for train\.ipynb until \d\S*.*\. Switching restarts its kernel: /);
  const [take, giveBack] = told()[0]?.options.actions ?? [];
  take?.callback({} as MouseEvent);
  expect(onSwitch).toHaveBeenCalled();
  giveBack?.callback({} as MouseEvent);
  await settled();
  expect(client.releaseKernel).toHaveBeenCalledWith('c');
  model.show({ kernels: [] });
  expect(told()).toEqual([]);
});

test('a notebook that is closed leaves no offer behind', async () => {
  const { model, notices } = setUp();
  model.show({ kernels: [ready()] });
  await settled();
  notices.dispose();
  expect(told()).toEqual([]);
});

test('a failure that no dialog shows is told; one that a dialog shows is not told twice', async () => {
  const { compute } = setUp();
  const request = { notebook: 'a/train.ipynb', environment: 'default', offer: GPU.id, count: 1 };
  compute.isWatched = true;
  await compute.apply(request);
  expect(told()).toEqual([]);
  compute.isWatched = false;
  await compute.apply(request);
  expect(told().map(({ message }) => message)).toEqual(['train.ipynb: No. (Code: conflict · request: r-1)']);
});

test('a wait that ended by itself is told with its reason', () => {
  const { model } = setUp();
  model.kernelEnded.emit({ kernel: ready(), reason: 'Nobody took it.' });
  expect(told()[0]?.message).toBe('train.ipynb · H200: Nobody took it.');
});
