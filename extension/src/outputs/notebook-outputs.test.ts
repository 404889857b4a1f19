import '../testing/dom.testkit.js';
import type { ICodeCellModel } from '@jupyterlab/cells';
import { NotebookModel } from '@jupyterlab/notebook';
import { Signal } from '@lumino/signaling';
import { waitFor } from '@testing-library/react';
import { quietYjs } from '../environments/testing/notebook.testkit.js';
import { NotebookOutputs, type NotebookContext } from './notebook-outputs.js';
import type { IKeptExecution, OutputsClient } from './outputs-client.js';
import { CODE, idle, iopub, kept, printed, shown, textOf } from './testing/kernel-messages.testkit.js';

beforeAll(quietYjs);

/** A notebook with one cell, a kernel that says what the test says, and a server that has kept `executions`. */
class Desk {
  constructor(executions: readonly IKeptExecution[] = []) {
    this.executions = executions;
    const cell = { cell_type: 'code', id: 'cell-0', source: CODE, metadata: {}, execution_count: null, outputs: [] };
    this.model.fromJSON({ cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 });
    this.model.dirty = false;
    const kernel = { id: 'k-1', clientId: 's-1', anyMessage: this.sent };
    const sessionContext = {
      session: { kernel },
      kernelChanged: new Signal<object, object>({}),
      connectionStatusChanged: this.connection,
      iopubMessage: this.published
    };
    const context = {
      sessionContext,
      path: 'a.ipynb',
      ready: Promise.resolve(),
      model: this.model,
      contentsModel: { last_modified: '2026-01-01T00:00:00Z' },
      saveState: this.saving,
      pathChanged: this.renamed
    };
    const client = {
      kept: async () => {
        this.looks += 1;
        const { executions } = this;
        await this.answered;
        return executions;
      },
      sent: async (cells: unknown) => void this.told.push(['sent', cells]),
      cleared: async (path: string, cells: unknown) => void this.told.push(['cleared', path, cells]),
      saved: async (executions: unknown) => void this.told.push(['saved', executions])
    } as unknown as OutputsClient;
    this.outputs = new NotebookOutputs(context as unknown as NotebookContext, client);
  }

  executions: readonly IKeptExecution[];
  answered = Promise.resolve();
  looks = 0;
  readonly told: unknown[] = [];
  readonly model = new NotebookModel();
  readonly outputs: NotebookOutputs;
  readonly sent = new Signal<object, object>({ id: 'k-1', clientId: 's-1' });
  readonly published = new Signal<object, object>({});
  readonly connection = new Signal<object, string>({});
  readonly saving = new Signal<object, string>({});
  readonly renamed = new Signal<object, string>({});

  get cell(): ICodeCellModel {
    return this.model.cells.get(0) as ICodeCellModel;
  }

  get text(): string {
    return textOf(this.cell);
  }

  run(msgId: string, cellId = 'cell-0'): void {
    const msg = { header: { msg_id: msgId, msg_type: 'execute_request' }, metadata: { cellId } };
    this.sent.emit({ direction: 'send', msg });
  }

  save(): void {
    this.saving.emit('started');
    this.saving.emit('completed');
  }
}

let desk: Desk;
afterEach(() => desk.outputs.dispose());

const looked = (times = 1) => waitFor(() => expect(desk.looks).toBeGreaterThanOrEqual(times));

test('a cell that ended while nobody looked is shown, is to be saved, and is not kept any longer then', async () => {
  desk = new Desk([kept({ phase: 'ended' })]);
  await waitFor(() => expect(desk.text).toBe('0\n1\n'));
  expect([desk.cell.executionCount, desk.model.dirty]).toEqual([3, true]);
  const adopted = ['sent', { kernel: 'k-1', session: 's-1', path: 'a.ipynb', cells: [['m-1', 'cell-0']], known: true }];
  expect(desk.told).toEqual([adopted]);
  desk.save();
  await waitFor(() => expect(desk.told).toEqual([adopted, ['saved', ['m-1']]]));
});

test('a cell that runs goes on, and its end is looked up once more', async () => {
  desk = new Desk([kept()]);
  await waitFor(() => expect(desk.text).toBe('0\n1\n'));
  desk.published.emit(printed('2\n'));
  expect(desk.text).toBe('0\n1\n2\n');
  const outputs = [{ output_type: 'stream', name: 'stdout', text: '0\n1\n2\n3\n' }];
  desk.executions = [kept({ phase: 'ended', outputs })];
  desk.published.emit(idle());
  await waitFor(() => expect(desk.text).toBe('0\n1\n2\n3\n'));
  expect(desk.cell.executionState).toBe('idle');
});

test.each<[string, Partial<IKeptExecution>]>([
  ['whose page is still there', { watched: true }],
  ['that is another one now', { code: 'something else' }],
  ['that is not there any more', { cellId: 'cell-9' }],
  ['whose file was written later', { phase: 'ended', changedMs: Date.parse('2025-12-31T00:00:00Z') }],
  ['that has never begun', { phase: 'ended', code: null, count: null, outputs: [] }]
])('a cell %s is left alone', async (_, fields) => {
  desk = new Desk([kept(fields)]);
  await looked();
  await new Promise(resolve => process.nextTick(resolve));
  desk.published.emit(printed('2\n'));
  expect([desk.text, desk.model.dirty, desk.cell.executionState]).toEqual(['', false, 'idle']);
});

test('when the page that started a cell goes away, this one goes on with it', async () => {
  desk = new Desk([kept({ watched: true })]);
  await looked();
  desk.executions = [kept()];
  desk.connection.emit('connected');
  await waitFor(() => expect(desk.text).toBe('0\n1\n'));
});

test('cells of this page are told in one go, are never shown twice, and are let go once they are saved', async () => {
  desk = new Desk();
  await looked();
  desk.run('m-1');
  desk.run('m-2', 'cell-1');
  const cells = [
    ['m-1', 'cell-0'],
    ['m-2', 'cell-1']
  ];
  const sent = ['sent', { kernel: 'k-1', session: 's-1', path: 'a.ipynb', cells, known: false }];
  await waitFor(() => expect(desk.told).toEqual([sent]));
  desk.executions = [kept()];
  desk.connection.emit('connected');
  await looked(2);
  expect(desk.text).toBe('');
  desk.published.emit(idle('m-1'));
  desk.save();
  await waitFor(() => expect(desk.told).toEqual([sent, ['saved', ['m-1']]]));
});

test('a cell that is run again on this page has nothing more of the run before', async () => {
  desk = new Desk([kept()]);
  await waitFor(() => expect(desk.text).toBe('0\n1\n'));
  desk.run('m-9');
  desk.cell.clearExecution();
  desk.published.emit(printed('2\n'));
  desk.connection.emit('connected'); // the server may not know yet
  await looked(2);
  await new Promise(resolve => process.nextTick(resolve));
  expect(desk.text).toBe('');
});

test('a cell that the person deletes while it runs is let go', async () => {
  desk = new Desk([kept()]);
  await waitFor(() => expect(desk.text).toBe('0\n1\n'));
  const { cell } = desk;
  const error = jest.spyOn(console, 'error'); // where a signal's listener that throws is told
  desk.model.sharedModel.deleteCell(0);
  cell.dispose();
  desk.published.emit(printed('2\n'));
  desk.connection.emit('connected');
  await looked(2);
  expect(error).not.toHaveBeenCalled();
  error.mockRestore();
});

test('what the person clears is not kept, and a notebook that moves takes its running cells along', async () => {
  desk = new Desk();
  desk.run('m-1');
  desk.outputs.cleared('cell-0');
  await waitFor(() => expect(desk.told).toContainEqual(['cleared', 'a.ipynb', ['cell-0']]));
  desk.renamed.emit('b.ipynb');
  const moved = { kernel: 'k-1', session: 's-1', path: 'b.ipynb', cells: [['m-1', 'cell-0']], known: true };
  await waitFor(() => expect(desk.told).toContainEqual(['sent', moved]));
});

test.each<[string, () => void]>([
  ['runs', () => desk.run('m-9')],
  ['clears', () => desk.outputs.cleared('cell-0')]
])('a cell that the person %s while the server is asked gets nothing of the run before', async (_, act) => {
  desk = new Desk([kept({ phase: 'ended' })]);
  let answer = (): void => undefined;
  desk.answered = new Promise(resolve => (answer = resolve));
  await looked();
  act();
  answer();
  await new Promise(resolve => setTimeout(resolve));
  expect(desk.text).toBe('');
});

test('a running cell that is moved in the notebook goes on in its new place', async () => {
  desk = new Desk([kept()]);
  await waitFor(() => expect(desk.text).toBe('0\n1\n'));
  const { cell } = desk;
  desk.model.sharedModel.insertCell(1, { cell_type: 'markdown', source: '' });
  desk.model.sharedModel.moveCells(0, 1);
  cell.dispose();
  const outputs = [{ output_type: 'stream', name: 'stdout', text: '0\n1\n2\n' }];
  desk.executions = [kept({ watched: true, outputs })]; // by this page
  desk.published.emit(printed('2\n'));
  const moved = desk.model.cells.get(1) as ICodeCellModel;
  await waitFor(() => expect([textOf(moved), moved.executionState]).toEqual(['0\n1\n2\n', 'running']));
});

test('a cell of which the server knows nothing any more does not seem to run for ever', async () => {
  desk = new Desk([kept()]);
  await waitFor(() => expect(desk.cell.executionState).toBe('running'));
  desk.executions = [];
  desk.connection.emit('connected');
  await waitFor(() => expect([desk.cell.executionState, desk.text]).toEqual(['idle', '0\n1\n']));
});

test('what the person clears of a cell that has ended does not come back though the server was not told', async () => {
  desk = new Desk([kept({ phase: 'ended' })]);
  await waitFor(() => expect(desk.text).toBe('0\n1\n'));
  desk.cell.clearExecution();
  desk.outputs.cleared('cell-0');
  desk.connection.emit('connected');
  await looked(2);
  await new Promise(resolve => setTimeout(resolve));
  expect(desk.text).toBe('');
});

test('what a display shows after the person has cleared the cell does not replace another output', async () => {
  desk = new Desk([kept({ outputs: [{ output_type: 'display_data', ...shown('old', 'd') }] })]);
  await waitFor(() => expect(desk.text).toContain('old'));
  desk.cell.outputs.clear();
  desk.outputs.cleared('cell-0');
  desk.published.emit(printed('after\n'));
  desk.published.emit(iopub('update_display_data', shown('new', 'd')));
  expect(desk.text).toBe('after\n');
});
