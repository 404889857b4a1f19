import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { FakeModel } from '../../testing/fake-model.testkit.js';
import { makeEnvironment } from '../../testing/gateway.testkit.js';
import type { IEnvironmentHandlers } from './environment-handlers.js';
import { Environments } from './environments.js';

const trans = nullTranslator.load('jupyterlab_berth');

afterEach(cleanup);

function show(model: FakeModel, hasNotebook = true): jest.Mocked<IEnvironmentHandlers> {
  const handlers = {
    create: jest.fn(),
    cleanUp: jest.fn(),
    make: jest.fn(),
    cancel: jest.fn(),
    repair: jest.fn(),
    remove: jest.fn(),
    details: jest.fn(),
    compare: jest.fn(),
    use: jest.fn()
  };
  const notebookChanged = new Signal<object, void>({});
  render(
    <Environments
      model={model}
      handlers={handlers}
      hasNotebook={() => hasNotebook}
      notebookChanged={notebookChanged}
      trans={trans}
    />
  );
  return handlers;
}

const press = (name: string): void => void fireEvent.click(screen.getByRole('button', { name }));

test('before the first snapshot it is said to connect, not to be empty', () => {
  const model = new FakeModel();
  model.state = { ...model.state, loaded: false };
  show(model);
  expect(screen.getByText('Connecting…')).toBeTruthy();
  expect(screen.queryByText('No environment is defined.')).toBeNull();
});

test('with none it says what one is, and how to make one', () => {
  const handlers = show(new FakeModel({ environments: [] }));
  expect(screen.getByText('No environment is defined.')).toBeTruthy();
  press('New environment…');
  expect(handlers.create).toHaveBeenCalled();
});

test.each([
  ['absent', 'Create: environment work', 'make'],
  ['failed', 'Try again: environment work', 'make'],
  ['creating', 'Cancel: environment work', 'cancel']
] as const)('what is %s has the button for it', (state, name, handler) => {
  const handlers = show(new FakeModel({ environments: [makeEnvironment('work', { state, message: 'Because.' })] }));
  expect(screen.getByText('Because.')).toBeTruthy();
  press(name);
  expect(handlers[handler]).toHaveBeenCalledWith('work');
});

test('why it failed is announced, and how far it is can be heard', () => {
  const failed = makeEnvironment('a', { state: 'failed', message: 'No solution.' });
  show(new FakeModel({ environments: [failed, makeEnvironment('b', { state: 'creating', progress: 0.4 })] }));
  expect(screen.getByRole('alert').textContent).toBe('No solution.');
  expect(screen.getByRole('progressbar', { name: 'Creating environment b' }).getAttribute('aria-valuenow')).toBe('40');
});

test('an environment that somebody uses tells who, and cannot be deleted', () => {
  const kernel = { kind: 'kernel', id: 'k', name: '01-train' } as const;
  const inUse = [kernel, { ...kernel, id: 'the GPU that it waits for' }];
  show(new FakeModel({ environments: [makeEnvironment('work', { inUse })] }));
  expect(screen.getByText('In use by 01-train (kernel)')).toBeTruthy();
  press('work');
  const button = screen.getByRole<HTMLButtonElement>('button', { name: 'Delete…: environment work' });
  expect(button.disabled).toBe(true);
  expect(button.title).toBe('In use by 01-train (kernel)');
});

test('a folder that was changed by hand says how, and repair is at hand', () => {
  const changed = ['pandas 2.4.0 instead of 2.3.1'];
  const handlers = show(new FakeModel({ environments: [makeEnvironment('work', { changed })] }));
  expect(screen.getByText('pandas 2.4.0 instead of 2.3.1')).toBeTruthy();
  press('Repair: environment work');
  expect(handlers.repair).toHaveBeenCalledWith('work');
});

test('all that can be done is behind the name, reached by keyboard and hidden from it until then', () => {
  const handlers = show(new FakeModel({ environments: [makeEnvironment('work')] }));
  const row = screen.getByRole('listitem', { name: 'work' });
  expect(within(row).queryByRole('button', { name: /^Details/ })).toBeNull();
  const name = within(row).getByRole('button', { name: 'work' });
  expect(name.getAttribute('aria-expanded')).toBe('false');
  fireEvent.click(name);
  for (const [text, handler] of [
    ['Use in this notebook', 'use'],
    ['Details', 'details'],
    ['Compare with…', 'compare'],
    ['Repair', 'repair'],
    ['Delete…', 'remove']
  ] as const) {
    press(`${text}: environment work`);
    expect(handlers[handler]).toHaveBeenCalledWith('work');
  }
});

test('without a notebook in front none can be switched, and the button says why', () => {
  show(new FakeModel({ environments: [makeEnvironment('work')] }), false);
  press('work');
  const button = screen.getByRole<HTMLButtonElement>('button', { name: /^Use in this notebook/ });
  expect(button.disabled).toBe(true);
  expect(button.title).toBe('Open a notebook first.');
});

test('without a connection nothing can be pressed that needs one', () => {
  const model = new FakeModel({ environments: [makeEnvironment('work', { state: 'absent' })] });
  model.connection = { state: 'lost', sinceMs: 0, reason: null, nextTryAtMs: null };
  show(model);
  for (const name of ['New environment…', 'Clean up…', 'Create: environment work']) {
    expect(screen.getByRole<HTMLButtonElement>('button', { name }).disabled).toBe(true);
  }
});
