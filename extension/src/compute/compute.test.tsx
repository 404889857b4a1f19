import type { UsageSample } from '@berth/gateway/contract';
import { nullTranslator } from '@jupyterlab/translation';
import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { GatewayError } from '../shared/gateway-error.js';
import type { IGatewayState } from '../shared/gateway-state.js';
import type { IGateway } from '../shared/tokens.js';
import { FakeModel } from '../testing/fake-model.testkit.js';
import { makeKernel, makeOffer, makeRun } from '../testing/gateway.testkit.js';
import type { IComputeHandlers } from './compute-handlers.js';
import { Compute } from './compute.js';
import { UsageFeed } from './usage/usage-feed.js';

const trans = nullTranslator.load('jupyterlab_berth');
const MIG = {
  id: 'MIG-1',
  title: 'NVIDIA H200 (0) MIG 1g.18gb (1)',
  memoryBytes: 18 * 2 ** 30,
  holders: ['k'],
  strangers: [{ pid: 4242, name: 'python3', memoryBytes: null }],
  problem: null
};
const GPU_OFFER = makeOffer('mig', {
  kind: 'mig',
  title: 'NVIDIA H200 MIG 1g.18gb',
  slots: 7,
  used: 2,
  mostSlots: 1,
  holders: [{ kind: 'kernel', id: 'k', name: 'train', slots: 1, sinceMs: Date.now() - 60_000 }],
  devices: [MIG, { ...MIG, id: 'MIG-2', title: 'Broken', holders: [], strangers: [], problem: 'It fell off the bus.' }]
});
const SAMPLE: UsageSample = {
  atMs: 1,
  machine: { cores: 1.25, coresTotal: 8, memoryBytes: null, memoryTotalBytes: 2 ** 34 },
  devices: [{ id: 'MIG-1', utilisation: null, memoryBytes: 2 ** 31, memoryTotalBytes: 2 ** 34 }],
  holders: [{ kind: 'kernel', id: 'k', cores: 0.5, memoryBytes: 2 ** 30 }]
};

afterEach(cleanup);

function show(state: Partial<IGatewayState>, samples: UsageSample[] = []) {
  const model = new FakeModel(state);
  const releaseKernel = jest.fn(() => Promise.resolve());
  const usage = new UsageFeed({ usage: () => Promise.resolve({ samples, intervalMs: 2_000 }) });
  const handlers = {
    openRun: jest.fn(),
    openNotebook: jest.fn(),
    release: jest.fn(),
    shutDown: jest.fn(() => Promise.resolve())
  } satisfies IComputeHandlers;
  const gateway = { model, client: { releaseKernel } } as unknown as IGateway;
  render(<Compute gateway={gateway} usage={usage} handlers={handlers} trans={trans} />);
  return { model, usage, handlers, releaseKernel };
}

const held = (name: string) => within(within(screen.getByRole('list', { name: 'What I hold' })).getByLabelText(name));

test('who has a GPU is told by name: mine since when, strangers by process, what is broken and why', () => {
  const { handlers } = show({
    offers: [GPU_OFFER],
    kernels: [makeKernel('k', { name: 'train', notebook: 'a/train.ipynb', offer: 'mig' })]
  });
  const devices = screen.getByRole('list', { name: 'Devices of NVIDIA H200 MIG 1g.18gb' });
  expect(within(devices).getByText(/you hold it since/)).toBeTruthy();
  expect(within(devices).getByText('python3 (process 4242) · memory unknown · not started by Berth')).toBeTruthy();
  expect(within(devices).getByText('It fell off the bus.')).toBeTruthy();
  fireEvent.click(within(devices).getByRole('button', { name: 'train' }));
  expect(handlers.openNotebook).toHaveBeenCalledWith('a/train.ipynb');
});

test('what is not measured is called unknown and never zero', async () => {
  const kernels = [makeKernel('k', { name: 'train', offer: 'mig' })];
  const { usage } = show({ offers: [makeOffer('cpu', { title: 'CPU' }), GPU_OFFER], kernels }, [SAMPLE]);
  act(() => usage.start());
  expect(await screen.findByRole('img', { name: 'GPU: unknown' })).toBeTruthy();
  expect(screen.getByRole('img', { name: 'GPU memory: 2.0 GiB of 16 GiB' })).toBeTruthy();
  expect(screen.getByRole('img', { name: 'Cores: 1.3 of 8' })).toBeTruthy();
  expect(screen.getByRole('img', { name: 'Memory: unknown' })).toBeTruthy();
  expect(held('train').getByRole('img', { name: 'Memory: 1.0 GiB' })).toBeTruthy();
  usage.dispose();
});

test('a kernel is released or shut down from here, what waits or is ready is given up', async () => {
  const kernels = [
    makeKernel('g', { name: 'train', notebook: 'a/train.ipynb', offer: 'mig', kernelId: 'k-1' }),
    makeKernel('c', { name: 'plain', offer: 'cpu', kernelId: 'k-2' }),
    makeKernel('w', { name: 'late', phase: 'Waiting', position: 3, kernelId: null, sinceMs: null }),
    makeKernel('r', { name: 'soon', phase: 'Ready', kernelId: null, expiresAtMs: Date.now() + 60_000 })
  ];
  const { handlers, releaseKernel } = show({ offers: [GPU_OFFER], kernels });
  fireEvent.click(screen.getByRole('button', { name: 'Release: train' }));
  expect(handlers.release).toHaveBeenCalledWith('a/train.ipynb');
  expect(screen.queryByRole('button', { name: 'Release: plain' })).toBeNull();
  fireEvent.click(screen.getByRole('button', { name: 'Shut Down: plain' }));
  await waitFor(() => expect(handlers.shutDown).toHaveBeenCalledWith('k-2', 'plain'));
  expect(held('late').getByText('Waiting, place 3')).toBeTruthy();
  await waitFor(() =>
    expect(screen.getByRole('button', { name: 'Stop Waiting: late' })).toHaveProperty('disabled', false)
  );
  fireEvent.click(screen.getByRole('button', { name: 'Stop Waiting: late' }));
  await waitFor(() => expect(releaseKernel).toHaveBeenCalledWith('w'));
  expect(held('soon').getByText(/Ready to be taken\. Kept for/)).toBeTruthy();
});

test('what could not be shut down says why, where it was pressed', async () => {
  const { handlers } = show({ kernels: [makeKernel('c', { name: 'plain' })] });
  handlers.shutDown.mockRejectedValueOnce(new GatewayError('unreachable', 'No answer.'));
  fireEvent.click(screen.getByRole('button', { name: 'Shut Down: plain' }));
  expect(await screen.findByText('No answer.')).toBeTruthy();
});

test('a run is opened from its row', () => {
  const { handlers } = show({ runs: [makeRun('01-train-k3x9p', { name: '01-train' })] });
  fireEvent.click(held('01-train · k3x9p').getByRole('button', { name: '01-train · k3x9p' }));
  expect(handlers.openRun).toHaveBeenCalledWith('01-train-k3x9p');
});

test('without anything held it says so; without an answer it does not pretend to be empty', () => {
  const { model } = show({ loaded: false });
  expect(screen.getByText('Connecting…')).toBeTruthy();
  act(() => model.show({ offers: [] }));
  expect(screen.getByText('No compute was found on this machine.')).toBeTruthy();
  expect(screen.getByText(/^Nothing: no kernel/)).toBeTruthy();
});

test('nothing can be pressed in vain while nobody answers', () => {
  const { model } = show({ kernels: [makeKernel('c', { name: 'plain' })] });
  act(() => model.connect({ state: 'lost', sinceMs: 0, reason: null, nextTryAtMs: null }));
  expect(screen.getByRole('button', { name: 'Shut Down: plain' })).toHaveProperty('disabled', true);
});
