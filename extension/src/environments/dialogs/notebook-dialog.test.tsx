import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { showDialogs } from '../../testing/dialog.testkit.js';
import { judge, type IEvidence } from '../drift/judge.js';
import type { IKernelFacts } from '../kernel/kernel-facts.js';
import type { IPin } from '../pin/pin-metadata.js';
import { NotebookDialog } from './notebook-dialog.js';

const trans = nullTranslator.load('jupyterlab_berth');
const pin: IPin = { lock: 'version = 1', environment: 'work', lockHash: null, python: '3.11.7', implementation: null };
const facts: IKernelFacts = {
  python: '3.11.7',
  implementation: 'cpython',
  platform: 'linux-x86_64',
  packages: { numpy: '2.4.6', seaborn: '0.13.2' },
  local: [],
  environment: 'work',
  lockHash: null
};
const declared = { packages: { numpy: '2.4.6' }, problem: null };
const ready = { name: 'work', state: 'ready' } as const;

beforeAll(showDialogs);
afterEach(cleanup);

function show(changes: Partial<IEvidence> = {}, kernelEnvironment: string | null = 'work') {
  const evidence = {
    pin,
    declared,
    here: [ready],
    isRestoring: false,
    kernel: facts,
    records: [],
    unknownOutputs: 0,
    ...changes
  };
  const calls: string[] = [];
  const notebook = {
    judgement: judge(evidence),
    pin: evidence.pin,
    facts: typeof evidence.kernel === 'object' ? evidence.kernel : null,
    kernelEnvironment,
    isDisposed: false,
    changed: new Signal<never, void>({} as never)
  };
  render(
    <NotebookDialog
      notebook={notebook}
      trans={trans}
      onClose={() => calls.push('close')}
      onAction={action => calls.push(action)}
    />
  );
  return calls;
}

const buttons = (): (string | null)[] =>
  screen.getAllByRole('button', { hidden: true }).map(({ textContent }) => textContent);

test('drift is shown package by package, and the way back has the focus', () => {
  const calls = show({}, 'other');
  expect(screen.getByRole('rowheader', { name: 'seaborn', hidden: true })).toBeTruthy();
  expect(screen.queryByRole('rowheader', { name: 'numpy', hidden: true })).toBeNull();
  expect(screen.getByText('1 package is the same.')).toBeTruthy();
  expect(buttons()).toEqual(['Close', 'Unpin', 'Pin to What the Kernel Has…', 'Switch Kernel to work']);
  expect(document.activeElement?.textContent).toBe('Switch Kernel to work');
  fireEvent.click(document.activeElement!);
  expect(calls).toEqual(['close', 'restore']);
});

test('a kernel that runs in the very environment that was changed is not switched to it, but the environment repaired', () => {
  show();
  expect(buttons().pop()).toBe('Repair work and Restart Kernel');
});

test('what is not here is restored', () => {
  show({ kernel: 'none', here: [] }, null);
  expect(buttons()).toEqual(['Close', 'Unpin', 'Restore']);
});

test('a notebook without a pin is pinned to what its kernel runs in, else to what it has', () => {
  show({ pin: null, declared: null });
  expect(buttons().pop()).toBe('Pin to work');
  cleanup();
  show({ pin: null, declared: null }, null);
  expect(buttons().pop()).toBe('Pin to What the Kernel Has…');
  cleanup();
  show({ pin: null, declared: null, kernel: 'none' }, null);
  expect(buttons().pop()).toBe('Pin to an Environment…');
});

test('a lock that cannot be used here says why, as plain text', () => {
  show({ declared: { packages: {}, problem: '<b>for Windows</b>' } });
  expect(screen.getByRole('status', { hidden: true }).textContent).toContain('<b>for Windows</b>');
});

test('outputs of which nothing is known are counted', () => {
  show({ unknownOutputs: 3 });
  expect(screen.getByText(/Of 3 cells with outputs it is not known/)).toBeTruthy();
});

test('Escape closes it and does nothing', () => {
  const calls = show();
  fireEvent(screen.getByRole('dialog', { hidden: true }), new Event('cancel', { cancelable: true }));
  expect(calls).toEqual(['close']);
});
