import type { EnvironmentRequest } from '@berth/gateway/contract';
import { nullTranslator } from '@jupyterlab/translation';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { GatewayError } from '../../shared/gateway-error.js';
import { showDialogs } from '../../testing/dialog.testkit.js';
import { makeEnvironment } from '../../testing/gateway.testkit.js';
import type { IKernelFacts } from '../kernel/kernel-facts.js';
import { CreateDialog } from './create-dialog.js';
import { EMPTY_FORM, type ICreateForm } from './create-form.js';

const trans = nullTranslator.load('jupyterlab_berth');
const facts: IKernelFacts = {
  python: '3.11.7',
  implementation: 'cpython',
  platform: 'linux-x86_64',
  packages: { pandas: '2.3.1', mine: '0.1' },
  local: ['mine'],
  environment: null,
  lockHash: null
};

beforeAll(showDialogs);
afterEach(cleanup);

function show(initial: Partial<ICreateForm> = {}, kernel: IKernelFacts | null = facts) {
  const createEnvironment = jest.fn<Promise<ReturnType<typeof makeEnvironment>>, [EnvironmentRequest, AbortSignal?]>();
  const onDone = jest.fn();
  const onClose = jest.fn();
  const readFile = jest.fn((_path: string) => Promise.resolve('lock-version = "1.0"'));
  render(
    <CreateDialog
      client={{ createEnvironment }}
      initial={{ ...EMPTY_FORM, name: 'work', ...initial }}
      taken={['taken']}
      facts={kernel}
      consequence=""
      trans={trans}
      readFile={readFile}
      listPaths={() => Promise.resolve(['locks/', 'pylock.toml'])}
      onDone={onDone}
      onClose={onClose}
    />
  );
  return { createEnvironment, onDone, onClose, readFile };
}

const form = (): HTMLFormElement => screen.getByRole<HTMLElement>('dialog', { hidden: true }).querySelector('form')!;
const type = (label: string, value: string): void =>
  void fireEvent.change(screen.getByLabelText(label, { selector: 'input:not([type=radio]), textarea' }), {
    target: { value }
  });
const choose = (label: string): void => void fireEvent.click(screen.getByLabelText(label));

test('a name and packages are enough; building without a wheel is off', async () => {
  const { createEnvironment, onDone } = show();
  expect(document.activeElement).toBe(screen.getByLabelText('Name'));
  type('Packages', 'pandas\nseaborn');
  createEnvironment.mockResolvedValueOnce(makeEnvironment('work'));
  fireEvent.submit(form());
  await waitFor(() => expect(onDone).toHaveBeenCalled());
  expect(createEnvironment.mock.calls[0]![0]).toEqual({
    name: 'work',
    source: { kind: 'requirements', text: 'pandas\nseaborn' },
    allowBuilds: false
  });
});

test('an empty form is not sent: it says what is missing where, and the focus goes there', () => {
  const { createEnvironment } = show();
  expect(screen.queryByRole('alert', { hidden: true })).toBeNull();
  fireEvent.submit(form());
  expect(createEnvironment).not.toHaveBeenCalled();
  const field = screen.getByLabelText('Packages', { selector: 'textarea' });
  expect(field.getAttribute('aria-invalid')).toBe('true');
  expect(document.activeElement).toBe(field);
});

test('a name that is taken says so as it is typed', () => {
  show();
  type('Name', 'taken');
  expect(screen.getByRole('alert', { hidden: true }).textContent).toMatch(/There is an environment of this name/);
});

test('what the gateway refuses is shown at its field, and what was typed is still there', async () => {
  const { createEnvironment, onDone } = show({ packages: 'torch>=99' });
  const problems = [{ field: 'source.text', message: 'Line 1: no torch>=99.' }];
  createEnvironment.mockRejectedValueOnce(
    new GatewayError('invalid-input', 'The request is not valid', 'r-1', problems)
  );
  fireEvent.submit(form());
  const problem = await screen.findByText('Line 1: no torch>=99.');
  const field = screen.getByLabelText<HTMLTextAreaElement>('Packages', { selector: 'textarea' });
  expect(field.getAttribute('aria-describedby')).toContain(problem.id);
  expect(field.value).toBe('torch>=99');
  expect(screen.queryByText(/request: r-1/)).toBeNull();
  expect(onDone).not.toHaveBeenCalled();
});

test('a name that somebody else has taken meanwhile is a problem of the name', async () => {
  const { createEnvironment } = show({ packages: 'pandas' });
  createEnvironment.mockRejectedValueOnce(new GatewayError('conflict', 'There is another work.', 'r-2'));
  fireEvent.submit(form());
  await screen.findByText('There is another work.');
  expect(screen.getByLabelText('Name').getAttribute('aria-invalid')).toBe('true');
});

test('a failure that no field can mend is shown with what support asks for', async () => {
  const { createEnvironment } = show({ packages: 'pandas' });
  createEnvironment.mockRejectedValueOnce(new GatewayError('storage-full', 'The disk is full.', 'r-3'));
  fireEvent.submit(form());
  await screen.findByText(/request: r-3/);
});

test('Ctrl+Enter sends from the text area, Enter alone begins a line', async () => {
  const { createEnvironment, onDone } = show({ packages: 'pandas' });
  const area = screen.getByLabelText('Packages', { selector: 'textarea' });
  fireEvent.keyDown(area, { key: 'Enter' });
  expect(createEnvironment).not.toHaveBeenCalled();
  createEnvironment.mockResolvedValueOnce(makeEnvironment('work'));
  fireEvent.keyDown(area, { key: 'Enter', ctrlKey: true });
  await waitFor(() => expect(onDone).toHaveBeenCalled());
});

test('a file is read when it is sent, and is what its text says it is', async () => {
  const { createEnvironment, readFile, onDone } = show();
  choose('From a file');
  type('File', 'pylock.toml');
  createEnvironment.mockResolvedValueOnce(makeEnvironment('work'));
  fireEvent.submit(form());
  await waitFor(() => expect(onDone).toHaveBeenCalled());
  expect(readFile).toHaveBeenCalledWith('pylock.toml');
  expect(createEnvironment.mock.calls[0]![0].source.kind).toBe('pylock');
});

test('of the running kernel it is told what is pinned and what is left out', () => {
  show({ source: 'kernel' });
  expect(screen.getByText(/^Left out/).textContent).toContain('mine');
  expect(screen.getByText('pandas 2.3.1')).toBeTruthy();
});

test('without a kernel nothing is made from it, and it says what to do', () => {
  const { createEnvironment } = show({ source: 'kernel' }, null);
  fireEvent.submit(form());
  expect(createEnvironment).not.toHaveBeenCalled();
  expect(screen.getByText(/Open a notebook with a running Python kernel/)).toBeTruthy();
});

test('Escape gives up a request that is under way', async () => {
  const { createEnvironment, onClose } = show({ packages: 'pandas' });
  createEnvironment.mockImplementation(() => new Promise(() => undefined));
  fireEvent.submit(form());
  await screen.findByText('Sending…');
  await waitFor(() => expect(createEnvironment).toHaveBeenCalled());
  fireEvent(screen.getByRole('dialog', { hidden: true }), new Event('cancel', { cancelable: true }));
  expect(onClose).toHaveBeenCalled();
  expect(createEnvironment.mock.calls[0]![1]?.aborted).toBe(true);
});
