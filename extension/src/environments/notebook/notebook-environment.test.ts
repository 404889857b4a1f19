import '../../testing/dom.testkit.js';
import type { LockView } from '@berth/gateway/contract';
import { waitFor } from '@testing-library/react';
import { GatewayError } from '../../shared/gateway-error.js';
import { FakeModel } from '../../testing/fake-model.testkit.js';
import { makeEnvironment } from '../../testing/gateway.testkit.js';
import { ranIn } from '../drift/provenance.js';
import type { IPin } from '../pin/pin-metadata.js';
import { FakeNotebook, quietYjs } from '../testing/notebook.testkit.js';
import { LockReader } from './lock-reader.js';
import { NotebookEnvironment } from './notebook-environment.js';

const pin: IPin = { lock: 'version = 1', environment: 'work', lockHash: null, python: '3.11.7', implementation: null };
const LOCK: LockView = {
  lockHash: 'f'.repeat(64),
  requiresPython: '',
  contents: [{ name: 'six', version: '1.17.0' }],
  requested: ['six'],
  environments: ['work'],
  problem: null
};

beforeAll(quietYjs);

function open(notebook: FakeNotebook, inspectLock: () => Promise<LockView> = () => Promise.resolve(LOCK)) {
  const model = new FakeModel({ environments: [makeEnvironment('work')] });
  const settings = { isRecording: true };
  const environment = new NotebookEnvironment({
    panel: notebook.panel,
    model,
    locks: new LockReader({ inspectLock }),
    isRecording: () => settings.isRecording
  });
  return { environment, model, settings };
}

const ran = (notebook: FakeNotebook): (string | null)[] =>
  notebook.cells.map(cell => ranIn({ berth: cell.getMetadata('berth') as unknown }));

test('what is installed into a pinned environment is noticed with the next cell, and the badge says so', async () => {
  const notebook = new FakeNotebook(pin);
  notebook.packages = { six: '1.17.0' };
  const { environment } = open(notebook);
  await waitFor(() => expect(environment.judgement.standing).toBe('pinned'));
  notebook.packages = { six: '1.17.0', cowsay: '6.1' };
  await environment.cellRan(notebook.cells[0]!);
  expect(environment.judgement.standing).toBe('drift');
  expect(environment.judgement.drift.map(({ name }) => name)).toEqual(['cowsay']);
});

test('cells that ran in one go are one look and one note each', async () => {
  const notebook = new FakeNotebook(null, 3);
  const { environment } = open(notebook);
  await waitFor(() => expect(environment.facts).not.toBeNull());
  const before = notebook.looks;
  await Promise.all(notebook.cells.map(cell => environment.cellRan(cell)));
  expect(notebook.looks - before).toBe(1);
  const notes = ran(notebook);
  expect(notes[0]).not.toBeNull();
  expect(new Set(notes).size).toBe(1);
});

test('who does not want notes gets none, and old ones are no longer true', async () => {
  const notebook = new FakeNotebook();
  const { environment, settings } = open(notebook);
  await environment.cellRan(notebook.cells[0]!);
  expect(ran(notebook)).not.toEqual([null]);
  settings.isRecording = false;
  await environment.cellRan(notebook.cells[0]!);
  expect(ran(notebook)).toEqual([null]);
  expect(notebook.model.metadata).not.toHaveProperty('berth');
});

test('clearing outputs takes the note away', async () => {
  const notebook = new FakeNotebook();
  const { environment } = open(notebook);
  await environment.cellRan(notebook.cells[0]!);
  environment.outputsCleared(notebook.cells[0]!);
  expect(ran(notebook)).toEqual([null]);
});

test('a lock that nobody could read is read again once the gateway answers', async () => {
  let failures = 1;
  const read = (): Promise<LockView> =>
    failures-- > 0 ? Promise.reject(new GatewayError('unreachable', 'away')) : Promise.resolve(LOCK);
  const notebook = new FakeNotebook(pin);
  notebook.packages = { six: '1.17.0' };
  const { environment, model } = open(notebook, read);
  await waitFor(() => expect(environment.judgement.standing).toBe('unchecked'));
  model.connect({ state: 'lost', sinceMs: 0, reason: null, nextTryAtMs: null });
  model.connect({ state: 'live', sinceMs: 1 });
  await waitFor(() => expect(environment.judgement.standing).toBe('pinned'));
});

test('a lock that the gateway refuses is unusable, with its reason', async () => {
  const refuse = () => Promise.reject(new GatewayError('invalid-input', 'It is no uv.lock.'));
  const { environment } = open(new FakeNotebook(pin), refuse);
  await waitFor(() =>
    expect(environment.judgement).toMatchObject({ standing: 'unusable', problem: 'It is no uv.lock.' })
  );
});

test('an environment that was made anew under its kernel is looked at again', async () => {
  const notebook = new FakeNotebook(pin);
  notebook.packages = { six: '1.17.0', cowsay: '6.1' };
  const { environment, model } = open(notebook);
  await waitFor(() => expect(environment.judgement.standing).toBe('drift'));
  model.show({ environments: [makeEnvironment('work')] });
  notebook.packages = { six: '1.17.0' };
  model.show({ environments: [makeEnvironment('work', { createdAtMs: 2_000 })] });
  await waitFor(() => expect(environment.judgement.standing).toBe('pinned'));
});
