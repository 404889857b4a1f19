import '../../testing/dom.testkit.js';
import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, screen } from '@testing-library/react';
import { CommandIDs } from '../../shared/command-ids.js';
import { showDialogs } from '../../testing/dialog.testkit.js';
import { FakeModel } from '../../testing/fake-model.testkit.js';
import { makeKernel } from '../../testing/gateway.testkit.js';
import { FakeNotebook, quietYjs } from '../testing/notebook.testkit.js';
import { switchKernel, type IKernelSwitchOptions } from './kernel-switch.js';

const trans = nullTranslator.load('jupyterlab_berth');
const holding = makeKernel('h', { kernelId: 'k-1', offer: 'gpu-tesla-t4' });

beforeAll(showDialogs);
beforeAll(quietYjs);

/** @param applied - What the person asks for in the picker; undefined: there is no picker. */
function open(kernels: readonly ReturnType<typeof makeKernel>[], applied?: object | null) {
  const notebook = new FakeNotebook();
  const execute = jest.fn(() => Promise.resolve(applied));
  const commands = { hasCommand: () => applied !== undefined, execute } as unknown as IKernelSwitchOptions['commands'];
  const options = { commands, model: new FakeModel({ kernels: [...kernels] }), trans };
  return { notebook, execute, act: (environment: string) => switchKernel(notebook.panel, environment, options) };
}

test('a kernel on the processors is changed at once', async () => {
  const { notebook, execute, act } = open([makeKernel('c', { kernelId: 'k-1' })], null);
  expect(await act('other')).toBe(true);
  expect(notebook.starts).toEqual(['berth-other']);
  expect(execute).not.toHaveBeenCalled();
});

test('in the same environment it is restarted, and stays the same kernel', async () => {
  const { notebook, act } = open([]);
  expect(await act('work')).toBe(true);
  expect(notebook.starts).toEqual(['restart']);
});

test('a kernel that holds a GPU does not lose it in silence: the picker of this notebook opens on the environment', async () => {
  const { notebook, execute, act } = open([holding], { environment: 'other', offer: 'gpu-tesla-t4', count: 1 });
  expect(await act('other')).toBe(true);
  expect(execute).toHaveBeenCalledWith(CommandIDs.chooseCompute, { notebook: 'a.ipynb', environment: 'other' });
  expect(notebook.starts).toEqual([]);
});

test.each([
  ['is closed', null],
  ['is used for another environment', { environment: 'else', offer: 'cpu', count: 1 }]
])('when the picker %s nothing counts as switched', async (_, applied) => {
  const { act } = open([holding], applied);
  expect(await act('other')).toBe(false);
});

test('without the picker even a kernel that holds a GPU can be switched', async () => {
  const { notebook, act } = open([holding]);
  expect(await act('other')).toBe(true);
  expect(notebook.starts).toEqual(['berth-other']);
});

test.each([
  ['Keep It Running', false, []],
  ['Switch', true, ['berth-other']]
])('a running cell is asked about: %s', async (choice, want, starts) => {
  const { notebook, act } = open([]);
  notebook.isBusy = true;
  const switching = act('other');
  await screen.findByText(/The kernel is busy/);
  fireEvent.click(screen.getByRole('button', { name: choice, hidden: true }));
  expect(await switching).toBe(want);
  expect(notebook.starts).toEqual(starts);
});
