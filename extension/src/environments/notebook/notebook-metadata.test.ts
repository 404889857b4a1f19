import '../../testing/dom.testkit.js';
import type { ICodeCellModel } from '@jupyterlab/cells';
import { NotebookModel } from '@jupyterlab/notebook';
import { digestOf } from '../drift/digest.js';
import { ranIn } from '../drift/provenance.js';
import type { IKernelFacts } from '../kernel/kernel-facts.js';
import { quietYjs } from '../testing/notebook.testkit.js';
import {
  notebookMetadata,
  outputsOf,
  recordRan,
  writeNotebookMetadata,
  type NotebookContext
} from './notebook-metadata.js';

const facts: IKernelFacts = {
  python: '3.11.7',
  implementation: 'cpython',
  platform: 'linux-x86_64',
  packages: { numpy: '2.4.6' },
  local: [],
  environment: 'work',
  lockHash: null
};
const output = { output_type: 'stream', name: 'stdout', text: '1' };

beforeAll(quietYjs);

function notebook(cells: number): { context: NotebookContext; cells: ICodeCellModel[] } {
  const model = new NotebookModel();
  model.fromJSON({
    cells: Array.from({ length: cells }, (_, index) => ({
      cell_type: 'code',
      id: `cell-${index}`,
      source: 'x',
      metadata: {},
      execution_count: 1,
      outputs: [output]
    })),
    metadata: {},
    nbformat: 4,
    nbformat_minor: 5
  });
  const context = { model, contentsModel: { writable: true } } as unknown as NotebookContext;
  return { context, cells: [...model.cells] as ICodeCellModel[] };
}

const ran = (cell: ICodeCellModel): string | null => ranIn({ berth: cell.getMetadata('berth') as unknown });

test('what a cell ran in is noted; the rest of the outputs stay unknown', () => {
  const { context, cells } = notebook(2);
  recordRan(context, [cells[0]!], facts);
  expect(cells.map(ran)).toEqual([digestOf(facts), null]);
  expect(outputsOf(context)).toMatchObject({
    records: [{ environment: 'work', packages: { numpy: '2.4.6' } }],
    unknown: 1
  });
});

test('noting it again makes no unsaved change', () => {
  const { context, cells } = notebook(1);
  recordRan(context, cells, facts);
  context.model.dirty = false;
  recordRan(context, cells, facts);
  expect(context.model.dirty).toBe(false);
});

test('the note is no step that undo takes back', () => {
  const { context, cells } = notebook(1);
  cells[0]!.sharedModel.clearUndoHistory();
  cells[0]!.sharedModel.setSource('y');
  recordRan(context, cells, facts);
  cells[0]!.sharedModel.undo();
  expect(cells[0]!.sharedModel.getSource()).toBe('x');
  expect(ran(cells[0]!)).toBe(digestOf(facts));
});

test('with the last outputs all notes go, and the notebook is as it was', () => {
  const { context, cells } = notebook(1);
  const before = context.model.toJSON();
  recordRan(context, cells, facts);
  recordRan(context, cells, null);
  expect(context.model.toJSON()).toEqual(before);
});

test.each([
  ['read-only', { readOnly: true, writable: true }],
  ['of somebody else', { readOnly: false, writable: false }]
])('a notebook that is %s is left alone', (_, { readOnly, writable }) => {
  const { context, cells } = notebook(1);
  context.model.readOnly = readOnly;
  context.model.dirty = false;
  recordRan({ ...context, contentsModel: { writable } as NotebookContext['contentsModel'] }, cells, facts);
  expect(ran(cells[0]!)).toBeNull();
  expect(context.model.dirty).toBe(false);
});

test('keys that are taken away are gone, not empty', () => {
  const { context } = notebook(0);
  writeNotebookMetadata(context, { 'uv.lock': 'version = 1', berth: { pin: {} } });
  writeNotebookMetadata(context, { 'uv.lock': undefined, berth: undefined });
  expect(notebookMetadata(context)).toEqual({ 'uv.lock': undefined, berth: undefined });
  expect(context.model.metadata).not.toHaveProperty('uv.lock');
});
