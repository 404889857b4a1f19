import '../../testing/dom.testkit.js';
import type { Contents } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, screen } from '@testing-library/react';
import { showDialogs } from '../../testing/dialog.testkit.js';
import { FakeModel } from '../../testing/fake-model.testkit.js';
import { LockReader } from '../notebook/lock-reader.js';
import { NotebookEnvironment } from '../notebook/notebook-environment.js';
import { notebookMetadata } from '../notebook/notebook-metadata.js';
import { FakeNotebook, quietYjs } from '../testing/notebook.testkit.js';
import { readPin, withPin, type IPin } from './pin-metadata.js';
import { PinWriter } from './pin-writer.js';

const trans = nullTranslator.load('jupyterlab_berth');
const pin: IPin = { lock: 'version = 1', environment: 'work', lockHash: null, python: '3.11.7', implementation: null };
const theirs: IPin = { ...pin, lock: 'version = 1\n# theirs', environment: 'other' };

beforeAll(showDialogs);
beforeAll(quietYjs);

/** @param onDisk - The pin that the file has by now. */
function open(onDisk: IPin | null) {
  const notebook = new FakeNotebook();
  const locks = new LockReader({ inspectLock: () => Promise.reject(new Error('not asked')) });
  const environment = new NotebookEnvironment({
    panel: notebook.panel,
    model: new FakeModel(),
    locks,
    isRecording: () => true
  });
  const content = { metadata: onDisk === null ? {} : withPin({}, onDisk) };
  const contents = { get: () => Promise.resolve({ content }) } as unknown as Contents.IManager;
  const written = (): IPin | null => readPin(notebookMetadata(notebook.panel.context));
  return { notebook, environment, written, writer: new PinWriter(contents, trans) };
}

test('a pin is written and saved; what else the notebook carries stays', async () => {
  const { notebook, environment, written, writer } = open(null);
  notebook.model.setMetadata('berth', { compute: { offer: 'cpu' } });
  expect(await writer.write(environment, pin)).toBe(true);
  expect(written()).toEqual(pin);
  expect(notebook.model.getMetadata('berth')).toMatchObject({ compute: { offer: 'cpu' } });
  expect(notebook.model.dirty).toBe(false);
  expect(environment.savedPin).toEqual(pin);
});

test.each([
  ['Keep Theirs', theirs, false],
  ['Replace', pin, true]
])('two tabs that change one pin: %s', async (choice, want, isWritten) => {
  const { environment, written, writer } = open(theirs);
  const writing = writer.write(environment, pin);
  await screen.findByText(/has pinned this notebook to other meanwhile/);
  expect(written()).toBeNull();
  fireEvent.click(screen.getByRole('button', { name: choice, hidden: true }));
  expect(await writing).toBe(isWritten);
  expect(written()).toEqual(want);
});

test('a notebook that cannot be saved is not said to be pinned', async () => {
  const { notebook, environment, writer } = open(null);
  notebook.canSave = false;
  await expect(writer.write(environment, pin)).rejects.toMatchObject({ code: 'not-saved' });
});

test('a read-only notebook is refused before anything is changed', async () => {
  const { notebook, environment, written, writer } = open(null);
  notebook.model.readOnly = true;
  await expect(writer.write(environment, pin)).rejects.toMatchObject({ code: 'not-saved' });
  expect(written()).toBeNull();
});
