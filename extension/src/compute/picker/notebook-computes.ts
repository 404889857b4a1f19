/** The compute of every open notebook: made when it is first asked for, gone with its panel. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import type { IGateway } from '../../shared/tokens.js';
import { LabNotebook } from './lab-notebook.js';
import { NotebookCompute } from './notebook-compute.js';
import { PickerNotices } from './picker-notices.js';

export interface INotebookComputesOptions {
  readonly gateway: IGateway;
  readonly contents: Contents.IManager;
  readonly trans: TranslationBundle;
  /** Takes what is ready, with a question where something runs. */
  readonly onSwitch: (compute: NotebookCompute) => void;
}

export class NotebookComputes {
  constructor(private readonly _options: INotebookComputesOptions) {}

  of(panel: NotebookPanel): NotebookCompute {
    const present = this._open.get(panel);
    if (present !== undefined) return present.compute;
    const opened = new OpenNotebook(panel, this._options);
    this._open.set(panel, opened);
    return opened.compute;
  }

  private readonly _open = new WeakMap<NotebookPanel, OpenNotebook>();
}

class OpenNotebook implements IDisposable {
  constructor(panel: NotebookPanel, { gateway, contents, trans, onSwitch }: INotebookComputesOptions) {
    const { client, model } = gateway;
    this._notebook = new LabNotebook(panel, contents);
    this.compute = new NotebookCompute({ notebook: this._notebook, client, model });
    this._notices = new PickerNotices({ compute: this.compute, trans, onSwitch: () => onSwitch(this.compute) });
    panel.disposed.connect(() => this.dispose(), this);
  }

  readonly compute: NotebookCompute;

  get isDisposed(): boolean {
    return this._notebook.isDisposed;
  }

  dispose(): void {
    this._notices.dispose();
    this.compute.dispose();
    this._notebook.dispose();
  }

  private readonly _notebook: LabNotebook;
  private readonly _notices: PickerNotices;
}
