/** The environments of all open notebooks. */
import type { ICodeCellModel } from '@jupyterlab/cells';
import { NotebookActions, type INotebookTracker, type Notebook, type NotebookPanel } from '@jupyterlab/notebook';
import { Signal, type ISignal } from '@lumino/signaling';
import type { IGateway } from '../../shared/tokens.js';
import { LockReader } from './lock-reader.js';
import { NotebookEnvironment } from './notebook-environment.js';

export interface INotebooksOptions {
  readonly tracker: INotebookTracker;
  readonly gateway: IGateway;
  readonly isRecording: () => boolean;
}

export class Notebooks {
  constructor(private readonly _options: INotebooksOptions) {
    const { tracker, gateway } = _options;
    this._locks = new LockReader(gateway.client);
    tracker.forEach(panel => void this._add(panel));
    tracker.widgetAdded.connect(this._onAdded, this);
    NotebookActions.executed.connect(this._onExecuted, this);
    NotebookActions.outputCleared.connect(this._onCleared, this);
  }

  /** Null until the document is there. */
  of(panel: NotebookPanel): NotebookEnvironment | null {
    return this._open.get(panel) ?? null;
  }

  /** One of them is another. */
  get changed(): ISignal<this, NotebookEnvironment> {
    return this._changed;
  }

  private async _add(panel: NotebookPanel): Promise<void> {
    await panel.context.ready;
    if (panel.isDisposed || this._open.has(panel)) return;
    const { gateway, isRecording } = this._options;
    const notebook = new NotebookEnvironment({ panel, model: gateway.model, locks: this._locks, isRecording });
    this._open.set(panel, notebook);
    notebook.changed.connect(this._onChanged, this);
    panel.disposed.connect(this._onGone, this);
    this._changed.emit(notebook);
  }

  /** The one that this is the content of. */
  containing(notebook: Notebook): NotebookEnvironment | null {
    for (const [panel, environment] of this._open) if (panel.content === notebook) return environment;
    return null;
  }

  private readonly _onAdded = (_: unknown, panel: NotebookPanel): void => {
    void this._add(panel);
  };

  private readonly _onGone = (panel: NotebookPanel): void => {
    this._open.get(panel)?.dispose();
    this._open.delete(panel);
  };

  private readonly _onChanged = (notebook: NotebookEnvironment): void => {
    this._changed.emit(notebook);
  };

  private readonly _onExecuted = (_: unknown, { notebook, cell }: ICellEvent): void => {
    if (cell.model.type === 'code') void this.containing(notebook)?.cellRan(cell.model as ICodeCellModel);
  };

  private readonly _onCleared = (_: unknown, { notebook, cell }: ICellEvent): void => {
    if (cell.model.type === 'code') this.containing(notebook)?.outputsCleared(cell.model as ICodeCellModel);
  };

  private readonly _locks: LockReader;
  private readonly _open = new Map<NotebookPanel, NotebookEnvironment>();
  private readonly _changed = new Signal<this, NotebookEnvironment>(this);
}

interface ICellEvent {
  readonly notebook: Notebook;
  readonly cell: { readonly model: { readonly type: string } };
}
