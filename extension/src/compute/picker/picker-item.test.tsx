import '../../testing/dom.testkit.js';
import { nullTranslator } from '@jupyterlab/translation';
import { act, cleanup, render, screen } from '@testing-library/react';
import { FakeModel } from '../../testing/fake-model.testkit.js';
import { makeEnvironment, makeKernel, makeOffer } from '../../testing/gateway.testkit.js';
import { FakeNotebook } from './fake-notebook.testkit.js';
import { NotebookCompute } from './notebook-compute.js';
import { Picker } from './picker-item.js';

const trans = nullTranslator.load('jupyterlab_berth');
const GPU = makeOffer('gpu-nvidia-h200', { kind: 'gpu', title: 'NVIDIA H200' });
const waiting = makeKernel('c', {
  notebook: 'a/train.ipynb',
  phase: 'Waiting',
  position: 2,
  offer: GPU.id,
  kernelId: null
});

afterEach(cleanup);

function show() {
  const model = new FakeModel();
  model.state = { ...model.state, loaded: false };
  const client = {
    claimKernel: jest.fn(),
    kernels: jest.fn(() => Promise.resolve({ kernels: [...model.state.kernels] })),
    releaseKernel: jest.fn(() => Promise.resolve()),
    makeEnvironment: jest.fn(() => Promise.resolve(makeEnvironment('a'))),
    cancelEnvironment: jest.fn(() => Promise.resolve(makeEnvironment('a')))
  };
  const compute = new NotebookCompute({ notebook: new FakeNotebook(), client, model });
  const onOpen = jest.fn();
  render(<Picker compute={compute} model={model} trans={trans} onOpen={onOpen} />);
  return { model, client, onOpen };
}

const group = () => screen.getByRole('group', { name: 'Compute' });

test('before anything is known it claims nothing', () => {
  show();
  expect(group().textContent).toBe('Compute');
});

test('it says what the kernel has, then what it waits for, with a way out', () => {
  const { model } = show();
  act(() => model.show({ offers: [GPU], kernels: [makeKernel('h', { kernelId: 'k-1', offer: GPU.id })] }));
  expect(group().textContent).toBe('1 × NVIDIA H200');
  expect(group().querySelector('.jp-BerthPicker-stop')).toBeNull();
  act(() => model.show({ kernels: [waiting] }));
  expect(group().textContent).toContain('Waiting · place 2');
  expect(group().querySelector('.jp-BerthPicker-stop')?.getAttribute('aria-label')).toBe('Stop waiting for H200');
  act(() => model.show({ kernels: [{ ...waiting, phase: 'Ready' }] }));
  expect(group().textContent).toContain('Ready');
  expect(group().querySelector('.jp-BerthPicker-stop')?.getAttribute('aria-label')).toBe('Give back H200');
});
