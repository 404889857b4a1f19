import type { KernelRequest, Verdict } from '@berth/gateway/contract';
import { nullTranslator } from '@jupyterlab/translation';
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { GatewayError } from '../../shared/gateway-error.js';
import type { IGatewayState } from '../../shared/gateway-state.js';
import { showDialogs } from '../../testing/dialog.testkit.js';
import { FakeModel } from '../../testing/fake-model.testkit.js';
import { makeEnvironment, makeKernel, makeOffer } from '../../testing/gateway.testkit.js';
import { ComputeDialog } from './compute-dialog.js';
import { FakeNotebook } from './fake-notebook.testkit.js';
import { NotebookCompute } from './notebook-compute.js';

const trans = nullTranslator.load('jupyterlab_berth');
const GPU = 'gpu-nvidia-h200';
const CPU_OFFER = makeOffer('cpu', { title: 'CPU · 8 cores · 31 GiB', mostSlots: 8 });
const GPU_OFFER = makeOffer(GPU, { kind: 'gpu', title: 'NVIDIA H200 · 141 GiB', slots: 4, used: 1, mostSlots: 4 });
const NOW: Verdict = { verdict: 'now', message: 'At once.', position: null, problems: [], warnings: [], bundle: null };

beforeAll(showDialogs);

afterEach(cleanup);

interface IWorld {
  readonly state?: Partial<IGatewayState>;
  readonly verdict?: Partial<Verdict>;
  readonly notebook?: FakeNotebook;
  readonly environment?: string | null;
}

async function show({ state = {}, verdict = {}, notebook = new FakeNotebook(), environment = null }: IWorld = {}) {
  const model = new FakeModel({
    offers: [CPU_OFFER, GPU_OFFER],
    environments: [makeEnvironment('vision', { state: 'absent' }), makeEnvironment('default')],
    ...state
  });
  const client = {
    kernelVerdict: jest.fn((_: KernelRequest) => Promise.resolve({ ...NOW, ...verdict })),
    claimKernel: jest.fn((request: KernelRequest) =>
      Promise.resolve(makeKernel('c', { ...request, kernelId: null, phase: 'Ready' }))
    ),
    kernels: jest.fn(() => Promise.resolve({ kernels: [...model.state.kernels] })),
    releaseKernel: jest.fn(() => Promise.resolve()),
    makeEnvironment: jest.fn(() => Promise.resolve(makeEnvironment('vision'))),
    cancelEnvironment: jest.fn(() => Promise.resolve(makeEnvironment('vision')))
  };
  const compute = new NotebookCompute({ notebook, client, model });
  const onClose = jest.fn();
  const props = { compute, client, model, pinned: null, environment, trans, onClose };
  render(<ComputeDialog {...props} />);
  await waitFor(() => expect(client.kernelVerdict).toHaveBeenCalled());
  await act(async () => undefined); // its answer comes in
  return { notebook, model, client, compute, onClose };
}

const button = (name: string): HTMLButtonElement => screen.getByRole('button', { name, hidden: true });

test('it opens with the focus on the environment, ready ones first, and says what Apply would do', async () => {
  await show();
  const select = screen.getByLabelText<HTMLSelectElement>('Environment');
  expect(document.activeElement).toBe(select);
  expect([...select.options].map(({ text }) => text)).toEqual(['default (Python 3.12.4)', 'vision — is made first']);
  expect(screen.getByText('The notebook has this now: nothing is restarted.')).toBeTruthy();
  expect(screen.queryByText(/At once/)).toBeNull();
  fireEvent.click(screen.getByRole('radio', { name: /NVIDIA H200/, hidden: true }));
  expect(screen.getByText(/3 of 4 free/)).toBeTruthy();
  expect(await screen.findByText(/Apply restarts the kernel of train.ipynb/)).toBeTruthy();
});

test('Apply asks for what was chosen, starts the kernel, and closes', async () => {
  const { client, notebook, onClose } = await show();
  fireEvent.click(screen.getByRole('radio', { name: /NVIDIA H200/, hidden: true }));
  fireEvent.change(screen.getByLabelText('How many'), { target: { value: '2' } });
  fireEvent.submit(button('Apply').form!);
  await waitFor(() => expect(onClose).toHaveBeenCalled());
  expect(client.claimKernel).toHaveBeenCalledWith({
    notebook: 'a/train.ipynb',
    environment: 'default',
    offer: GPU,
    count: 2,
    kernelId: 'k-1'
  });
  expect(notebook.started).toEqual(['berth-default']);
});

test('a machine without GPUs has no choice that is none: only environment and threads', async () => {
  await show({ state: { offers: [CPU_OFFER] } });
  expect(screen.queryByRole('radio', { hidden: true })).toBeNull();
  expect(screen.getByLabelText<HTMLInputElement>('Threads').value).toBe('8');
  expect(screen.queryByRole('button', { name: 'Release', hidden: true })).toBeNull();
});

test('what can never be had cannot be applied, and says why at its field', async () => {
  const problems = [{ field: 'count', message: 'At most 4.' }];
  await show({ verdict: { verdict: 'never', message: 'Never.', problems } });
  const problem = await screen.findByText('At most 4.');
  expect(screen.getByLabelText('Threads').getAttribute('aria-describedby')).toContain(problem.id);
  expect(button('Apply').disabled).toBe(true);
});

test('a running cell is not stopped without a question; No keeps everything', async () => {
  const { notebook, client, onClose } = await show();
  fireEvent.click(screen.getByRole('radio', { name: /NVIDIA H200/, hidden: true }));
  act(() => notebook.runCell());
  fireEvent.submit(button('Apply').form!);
  expect(screen.getByText(/A cell of train.ipynb is running/)).toBeTruthy();
  expect(document.activeElement).toBe(button('Keep It'));
  fireEvent.click(button('Keep It'));
  expect(client.claimKernel).not.toHaveBeenCalled();
  fireEvent.submit(button('Apply').form!);
  fireEvent.click(button('Restart Anyway'));
  await waitFor(() => expect(onClose).toHaveBeenCalled());
  expect(notebook.started).toEqual(['berth-default']);
});

test('a running cell is not asked about when nothing is restarted before it is its turn', async () => {
  const { notebook, client } = await show({ verdict: { verdict: 'wait', message: 'Later.', position: 2 } });
  fireEvent.click(screen.getByRole('radio', { name: /NVIDIA H200/, hidden: true }));
  act(() => notebook.runCell());
  expect(await screen.findByText(/keeps its kernel while it waits/)).toBeTruthy();
  fireEvent.submit(button('Apply').form!);
  await waitFor(() => expect(client.claimKernel).toHaveBeenCalled());
});

test('Release gives the GPU back after a question, and keeps the environment', async () => {
  const held = makeKernel('h', { kernelId: 'k-1', offer: GPU, sinceMs: Date.now() - 65_000 });
  const { client, onClose } = await show({ state: { kernels: [held] } });
  expect(screen.getByText(/It has 1 × NVIDIA H200 in environment default, for 1 min 0\d s/)).toBeTruthy();
  fireEvent.click(button('Release'));
  expect(client.claimKernel).not.toHaveBeenCalled();
  fireEvent.click(button('Release and Restart'));
  await waitFor(() => expect(onClose).toHaveBeenCalled());
  expect(client.claimKernel).toHaveBeenCalledWith(
    expect.objectContaining({ environment: 'default', offer: 'cpu', count: 8 })
  );
});

test('a wait is shown with its place, and can be left', async () => {
  const waiting = makeKernel('c', {
    notebook: 'a/train.ipynb',
    phase: 'Waiting',
    position: 2,
    offer: GPU,
    kernelId: null
  });
  const { client } = await show({ state: { kernels: [waiting] } });
  expect(screen.getByText('It waits for 1 × NVIDIA H200, place 2 in line.')).toBeTruthy();
  fireEvent.click(button('Stop Waiting'));
  await waitFor(() => expect(client.releaseKernel).toHaveBeenCalledWith('c'));
});

test('what fails is said where it was pressed, and what was chosen stays', async () => {
  const { client, onClose } = await show();
  client.claimKernel.mockRejectedValueOnce(new GatewayError('gateway-unavailable', 'It is being restarted.', 'r-7'));
  fireEvent.click(screen.getByRole('radio', { name: /NVIDIA H200/, hidden: true }));
  fireEvent.submit(button('Apply').form!);
  expect(await screen.findByText(/request: r-7/)).toBeTruthy();
  expect(onClose).not.toHaveBeenCalled();
  expect(screen.getByRole('radio', { name: /NVIDIA H200/, hidden: true })).toHaveProperty('checked', true);
});

test('an environment that is made first stops no cell: the kernel is kept meanwhile', async () => {
  const { notebook, client } = await show();
  fireEvent.change(screen.getByLabelText('Environment'), { target: { value: 'vision' } });
  act(() => notebook.runCell());
  expect(await screen.findByText(/keeps its kernel while it waits/)).toBeTruthy();
  fireEvent.submit(button('Apply').form!);
  await waitFor(() => expect(client.makeEnvironment).toHaveBeenCalledWith('vision'));
  expect(screen.queryByText(/A cell of train.ipynb is running/)).toBeNull();
});

test('the environment is made with its progress in sight, and making it can be stopped', async () => {
  const { model, client, onClose } = await show();
  fireEvent.change(screen.getByLabelText('Environment'), { target: { value: 'vision' } });
  fireEvent.submit(button('Apply').form!);
  act(() => model.show({ environments: [makeEnvironment('vision', { state: 'creating', progress: 0.4 })] }));
  expect(screen.getByRole('progressbar', { hidden: true }).getAttribute('aria-valuenow')).toBe('40');
  fireEvent.click(button('Stop'));
  await waitFor(() => expect(client.cancelEnvironment).toHaveBeenCalledWith('vision'));
  expect(onClose).not.toHaveBeenCalled();
  expect(button('Apply').disabled).toBe(false);
});

test('Escape closes it', async () => {
  const { onClose } = await show();
  fireEvent(screen.getByRole('dialog', { hidden: true }), new Event('cancel', { cancelable: true }));
  expect(onClose).toHaveBeenCalled();
});

test('nothing can be applied while nobody answers', async () => {
  const { model } = await show();
  act(() => model.connect({ state: 'lost', sinceMs: 0, reason: null, nextTryAtMs: null }));
  expect(button('Apply').disabled).toBe(true);
});

test('opened for an environment it has that chosen, and tells who asked what was applied', async () => {
  const { onClose } = await show({ environment: 'vision' });
  expect(screen.getByLabelText<HTMLSelectElement>('Environment').value).toBe('vision');
  fireEvent.click(button('Close'));
  expect(onClose).toHaveBeenLastCalledWith(null);
  fireEvent.change(screen.getByLabelText('Environment'), { target: { value: 'default' } });
  fireEvent.submit(button('Apply').form!);
  await waitFor(() =>
    expect(onClose).toHaveBeenLastCalledWith(expect.objectContaining({ environment: 'default', offer: 'cpu' }))
  );
});
