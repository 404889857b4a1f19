/**
 * Reads and writes what a notebook and its cells carry for Berth. Writing is no step that a person could undo, and a document
 * that cannot be saved is left alone.
 */
import type { ICodeCellModel } from '@jupyterlab/cells';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { INotebookModel } from '@jupyterlab/notebook';
import { JSONExt, type PartialJSONValue } from '@lumino/coreutils';
import type { IKernelFacts } from '../kernel/kernel-facts.js';
import { ranIn, readRecords, withRan, withRecords, type IRecord } from '../drift/provenance.js';
import { digestOf } from '../drift/digest.js';
import { BERTH_KEY, LOCK_KEY, type Metadata } from '../pin/pin-metadata.js';

export type NotebookContext = Pick<DocumentRegistry.IContext<INotebookModel>, 'model' | 'contentsModel'>;

/** What the notebook's metadata has under our two keys. */
export function notebookMetadata({ model }: NotebookContext): Metadata {
  return { [LOCK_KEY]: model.getMetadata(LOCK_KEY) as unknown, [BERTH_KEY]: model.getMetadata(BERTH_KEY) as unknown };
}

/** Sets what is another, removes what is undefined. */
export function writeNotebookMetadata({ model }: NotebookContext, values: Metadata): void {
  for (const [key, value] of Object.entries(values)) {
    const before = model.getMetadata(key) as PartialJSONValue | undefined;
    if (isSame(before, value)) continue;
    if (value === undefined) model.deleteMetadata(key);
    else model.setMetadata(key, value);
  }
}

/** Can what is written be saved? */
export function isWritable({ model, contentsModel }: NotebookContext): boolean {
  return !model.readOnly && contentsModel?.writable !== false;
}

/** What is known of where the outputs come from. */
export interface IOutputs {
  readonly records: readonly IRecord[];
  /** Cells with outputs of which it is not known. */
  readonly unknown: number;
}

export function outputsOf(context: NotebookContext): IOutputs {
  const known = readRecords(notebookMetadata(context));
  const used = new Map<string, IRecord>();
  let unknown = 0;
  for (const cell of codeCells(context)) {
    if (cell.outputs.length === 0) continue;
    const digest = ranIn({ [BERTH_KEY]: cell.getMetadata(BERTH_KEY) as unknown });
    const record = digest === null ? undefined : known[digest];
    if (digest === null || record === undefined) unknown += 1;
    else used.set(digest, record);
  }
  return { records: [...used.values()], unknown };
}

/**
 * Notes what these cells ran in, and drops from the notebook's table what no cell names any more.
 *
 * @param facts - Null: it is not known, or their outputs are gone; what they said before is removed.
 */
export function recordRan(
  context: NotebookContext,
  cells: readonly ICodeCellModel[],
  facts: IKernelFacts | null
): void {
  if (!isWritable(context)) return;
  const digest = facts === null ? null : digestOf(facts);
  for (const cell of cells) if (!cell.isDisposed) writeRan(cell, digest);
  const used = new Set<string>();
  for (const cell of codeCells(context)) {
    const ran = ranIn({ [BERTH_KEY]: cell.getMetadata(BERTH_KEY) as unknown });
    if (ran !== null) used.add(ran);
  }
  const metadata = notebookMetadata(context);
  if (used.size === 0 && metadata[BERTH_KEY] === undefined) return;
  writeNotebookMetadata(context, { [BERTH_KEY]: withRecords(metadata, used, facts) });
}

function writeRan(cell: ICodeCellModel, digest: string | null): void {
  const before = cell.getMetadata(BERTH_KEY) as PartialJSONValue | undefined;
  const value = withRan({ [BERTH_KEY]: before }, digest) as PartialJSONValue | undefined;
  if (isSame(before, value)) return;
  const { sharedModel } = cell;
  sharedModel.transact(() => {
    if (value === undefined) sharedModel.deleteMetadata(BERTH_KEY);
    else sharedModel.setMetadata(BERTH_KEY, value);
  }, false);
}

function* codeCells({ model }: NotebookContext): Generator<ICodeCellModel> {
  for (const cell of model.cells) if (cell.type === 'code') yield cell as ICodeCellModel;
}

function isSame(before: PartialJSONValue | undefined, after: unknown): boolean {
  if (before === undefined || after === undefined) return before === after;
  return JSONExt.deepEqual(before, after as PartialJSONValue);
}
