import '../testing/dom.testkit.js';
import type { ICodeCellModel } from '@jupyterlab/cells';
import { NotebookModel } from '@jupyterlab/notebook';
import { quietYjs } from '../environments/testing/notebook.testkit.js';
import { ResumedCell } from './resumed-cell.js';
import { CODE, idle, iopub, kept, printed, shown, textOf } from './testing/kernel-messages.testkit.js';

beforeAll(quietYjs);

/** A cell as the file has it: with what an earlier run printed. */
function savedCell(): ICodeCellModel {
  const notebook = new NotebookModel();
  const outputs = [{ output_type: 'stream', name: 'stdout', text: 'of an earlier run\n' }];
  const cell = { cell_type: 'code', id: 'cell-0', source: CODE, metadata: {}, execution_count: 1, outputs };
  notebook.fromJSON({ cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 });
  return notebook.cells.get(0) as ICodeCellModel;
}

test('a cell that runs shows what was printed so far, goes on, and gets its number at the end', () => {
  const cell = savedCell();
  const resumed = new ResumedCell(cell);
  expect(resumed.take(kept())).toBe(true);
  expect([textOf(cell), cell.executionState, cell.executionCount]).toEqual(['0\n1\n', 'running', null]);
  expect(resumed.hear(printed('2\n'))).toBe(false);
  expect(resumed.hear(idle())).toBe(true);
  expect([textOf(cell), cell.executionState, cell.executionCount]).toEqual(['0\n1\n2\n', 'idle', 3]);
});

test('what the kernel and the server both tell is shown once, whichever of them is ahead', () => {
  const cell = savedCell();
  const resumed = new ResumedCell(cell, [printed('0\n', 'a'), printed('1\n', 'b'), printed('2\n', 'c')]);
  resumed.take(kept({ heard: ['x', 'a', 'b'] }));
  expect(textOf(cell)).toBe('0\n1\n2\n');
  resumed.hear(printed('3\n', 'd'));
  resumed.take(kept({ outputs: [{ output_type: 'stream', name: 'stdout', text: '0\n1\n2\n' }], heard: ['b', 'c'] }));
  expect(textOf(cell)).toBe('0\n1\n2\n3\n');
});

test('a message that was lost on the way is there after the next look, and nothing changes without need', () => {
  const cell = savedCell();
  const resumed = new ResumedCell(cell);
  resumed.take(kept());
  resumed.hear(printed('3\n', 'd'));
  const all = kept({ outputs: [{ output_type: 'stream', name: 'stdout', text: '0\n1\n2\n3\n' }], heard: ['c', 'd'] });
  expect(resumed.take(all)).toBe(true);
  expect(textOf(cell)).toBe('0\n1\n2\n3\n');
  const output = cell.outputs.get(0);
  expect(resumed.take(all)).toBe(false);
  expect(cell.outputs.get(0)).toBe(output);
});

test('an answer that is older than the end of the cell does not have it run again', () => {
  const cell = savedCell();
  const resumed = new ResumedCell(cell);
  resumed.take(kept());
  resumed.hear(idle());
  expect([resumed.take(kept()), cell.executionState, resumed.isComplete]).toEqual([false, 'idle', false]);
  resumed.take(kept({ phase: 'ended' }));
  expect(resumed.isComplete).toBe(true);
});

test('a progress bar goes on in its line', () => {
  const cell = savedCell();
  const resumed = new ResumedCell(cell);
  resumed.take(kept({ outputs: [{ output_type: 'stream', name: 'stderr', text: '\r50%|##  |' }] }));
  resumed.hear(iopub('stream', { name: 'stderr', text: '\r75%|### |' }));
  expect(textOf(cell)).toBe('75%|### |');
});

test('a display is updated, by this cell or by another one, and clearing waits for the next output', () => {
  const cell = savedCell();
  const resumed = new ResumedCell(cell);
  resumed.take(kept({ outputs: [{ output_type: 'display_data', ...shown('old', 'd') }] }));
  expect(cell.outputs.get(0).toJSON()).not.toHaveProperty('transient');
  resumed.hear(iopub('update_display_data', shown('new', 'd')));
  expect(textOf(cell)).toBe('{"text/plain":"new"}');
  resumed.hearUpdate(iopub('update_display_data', shown('newest', 'd'), 'm-2') as never);
  expect(textOf(cell)).toBe('{"text/plain":"newest"}');
  resumed.hear(iopub('clear_output', { wait: true }));
  expect(textOf(cell)).toBe('{"text/plain":"newest"}');
  resumed.hear(printed('after\n'));
  resumed.hear(iopub('update_display_data', shown('too late', 'd')));
  expect(textOf(cell)).toBe('after\n');
});

test('a cell that waits for the one before keeps its old outputs until it begins', () => {
  const cell = savedCell();
  const resumed = new ResumedCell(cell);
  resumed.take(kept({ phase: 'queued', code: null, count: null, outputs: [] }));
  expect([textOf(cell), cell.executionState]).toEqual(['of an earlier run\n', 'running']);
  resumed.hear(iopub('execute_input', { code: CODE, execution_count: 4 }));
  resumed.hear(printed('0\n'));
  resumed.hear(idle());
  expect([textOf(cell), cell.executionState, cell.executionCount]).toEqual(['0\n', 'idle', 4]);
});

test('a cell that waited and is another one now shows none of it', () => {
  const cell = savedCell();
  const resumed = new ResumedCell(cell);
  resumed.take(kept({ phase: 'queued', code: null, count: null, outputs: [] }));
  resumed.hear(iopub('execute_input', { code: 'something else', execution_count: 4 }));
  resumed.hear(printed('0\n'));
  expect(textOf(cell)).toBe('of an earlier run\n');
});

test('a cell that waited and is another one now shows none of it either when the server tells all of it', () => {
  const cell = savedCell();
  const resumed = new ResumedCell(cell);
  resumed.take(kept({ phase: 'queued', code: null, count: null, outputs: [] }));
  cell.sharedModel.setSource('something else');
  resumed.take(kept({ phase: 'ended' }));
  expect([textOf(cell), cell.executionState]).toEqual(['of an earlier run\n', 'idle']);
});

test('outputs of an untrusted notebook are gone before the cell is trusted, and one that is not shown stays as it is', () => {
  const cell = savedCell();
  expect(cell.trusted).toBe(false);
  cell.sharedModel.setSource('something else');
  new ResumedCell(cell).take(kept({ phase: 'ended' }));
  expect([cell.trusted, cell.outputs.trusted]).toEqual([false, false]);
  cell.sharedModel.setSource(CODE);
  const trusted: string[] = [];
  cell.stateChanged.connect((_, { name }) => void (name === 'trusted' && trusted.push(textOf(cell))));
  new ResumedCell(cell).take(kept({ phase: 'ended' }));
  expect([textOf(cell), cell.trusted, trusted]).toEqual(['0\n1\n', true, ['']]);
});

test('a message that comes after the answer which has it already is not shown twice', () => {
  const cell = savedCell();
  const resumed = new ResumedCell(cell);
  resumed.take(kept({ heard: ['a', 'b'] }));
  resumed.hear(printed('1\n', 'b'));
  resumed.hear(printed('2\n', 'c'));
  expect(textOf(cell)).toBe('0\n1\n2\n');
});
