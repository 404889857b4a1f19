import '../../testing/dom.testkit.js';
import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { CommandIDs } from '../../shared/command-ids.js';
import { showDialogs } from '../../testing/dialog.testkit.js';
import { FakeModel } from '../../testing/fake-model.testkit.js';
import { makeEnvironment } from '../../testing/gateway.testkit.js';
import { LockReader } from '../notebook/lock-reader.js';
import { NotebookEnvironment } from '../notebook/notebook-environment.js';
import { FakeNotebook, quietYjs } from '../testing/notebook.testkit.js';
import { PinDesk, type IPinDeskOptions } from './pin-desk.js';

const trans = nullTranslator.load('jupyterlab_berth');
const work = makeEnvironment('work', { python: '3.11.7', packages: ['six'] });

beforeAll(showDialogs);
beforeAll(quietYjs);
afterEach(() => Notification.dismiss());

const SIX: Record<string, string> = { six: '1.17.0' };

/** A notebook whose kernel runs in `work`, which has six 1.17.0. */
async function open({ packages = SIX, environments = [work] } = {}) {
  const notebook = new FakeNotebook();
  notebook.packages = packages;
  const model = new FakeModel({ environments });
  const contents = [{ name: 'six', version: '1.17.0' }];
  const environment = jest.fn((name: string) =>
    Promise.resolve({ environment: { ...work, name }, lock: `# of ${name}`, contents })
  );
  const execute = jest.fn((_id: string, _args: object) => Promise.resolve(null));
  const reveal = jest.fn();
  const locks = new LockReader({ inspectLock: () => Promise.reject(new Error('nobody answers')) });
  const open = new NotebookEnvironment({ panel: notebook.panel, model, locks, isRecording: () => true });
  await waitFor(() => expect(open.facts).not.toBeNull());
  const file = { get: () => Promise.resolve({ content: notebook.model.toJSON() }) };
  const desk = new PinDesk({
    app: { serviceManager: { contents: file }, commands: { hasCommand: () => true, execute } },
    gateway: { client: { environment }, model },
    notebooks: { of: () => open },
    reveal,
    trans
  } as unknown as IPinDeskOptions);
  return { desk, open, panel: notebook.panel, execute, reveal };
}

const press = async (name: string): Promise<void> =>
  void fireEvent.click(await screen.findByRole('button', { name, hidden: true }));

test('one press pins to the environment that the kernel runs in', async () => {
  const { desk, open: notebook, panel } = await open();
  await desk.pin(panel, null);
  expect(notebook.pin).toMatchObject({ environment: 'work', lock: '# of work' });
});

test('a kernel with other packages than its environment is not pinned as if it had them', async () => {
  const { desk, open: notebook, panel, execute } = await open({ packages: { six: '1.17.0', cowsay: '6.1' } });
  const pinning = desk.pin(panel, null);
  await screen.findByText('The kernel has other packages than work');
  await press('New Environment…');
  await pinning;
  expect(execute).toHaveBeenCalledWith(CommandIDs.newEnvironment, expect.objectContaining({ source: 'kernel' }));
  expect(notebook.pin).toBeNull(); // the dialog was left
});

test('asked from the Train dialog, the question is in it: what is behind an open dialog cannot be pressed', async () => {
  const train = document.createElement('dialog');
  train.className = 'jp-BerthDialog';
  document.body.append(train);
  train.showModal();
  const { desk, panel } = await open({ packages: { cowsay: '6.1' } });
  const pinning = desk.pin(panel, null);
  expect(train.contains(await screen.findByText('The kernel has other packages than work'))).toBe(true);
  await press('Cancel');
  await pinning;
  train.remove();
});

test.each([
  ['Pin to work as Locked', 'work'],
  ['Cancel', undefined]
])('the person may decide otherwise: %s', async (choice, want) => {
  const { desk, open: notebook, panel } = await open({ packages: { cowsay: '6.1' } });
  const pinning = desk.pin(panel, null);
  await press(choice);
  await pinning;
  expect(notebook.pin?.environment).toBe(want);
});

test('a kernel in nothing that is here is asked about, with what it has as one of the answers', async () => {
  const { desk, open: notebook, panel } = await open({ environments: [makeEnvironment('other')] });
  const pinning = desk.pin(panel, null);
  const list = await screen.findByRole('combobox', { hidden: true });
  expect([...(list as HTMLSelectElement).options].map(({ text }) => text)).toEqual([
    'other',
    'What the kernel has now (a new environment)'
  ]);
  await press('Pin');
  await pinning;
  expect(notebook.pin?.environment).toBe('other');
});

test('what a cell installs is asked for on top of what the environment was made from', async () => {
  const { desk, open: notebook, execute } = await open();
  await desk.renew(notebook, ['polars', 'six==1.16']);
  const args = { name: 'work', source: 'packages', packages: ['polars', 'six==1.16'] };
  expect(execute).toHaveBeenCalledWith(CommandIDs.newEnvironment, expect.objectContaining(args));
});
