/** A notebook of Lab, as its compute needs it. */
import { PathExt } from '@jupyterlab/coreutils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Contents, Kernel } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import { startKernel } from '../../shared/start-kernel.js';
import type { INotebook } from './notebook-compute.js';
import type { IKernelFacts } from './notebook-facts.js';

const KEY = 'berth';

export class LabNotebook implements INotebook, IDisposable {
  constructor(
    private readonly _panel: NotebookPanel,
    private readonly _contents: Contents.IManager
  ) {
    const { sessionContext, context } = _panel;
    sessionContext.kernelChanged.connect(this._emit, this);
    sessionContext.statusChanged.connect(this._emit, this);
    context.pathChanged.connect(this._emit, this);
    context.model.metadataChanged.connect(this._onMetadata, this);
  }

  get path(): string {
    return this._contents.localPath(this._panel.context.path);
  }

  get name(): string {
    return PathExt.basename(this.path);
  }

  get kernel(): IKernelFacts | null {
    const { sessionContext } = this._panel;
    const kernel = sessionContext.session?.kernel;
    if (!kernel) return null;
    const { id, name: spec, status } = kernel;
    return { id, spec, title: sessionContext.kernelDisplayName, isBusy: status === 'busy' };
  }

  get berth(): unknown {
    this._berth ??= { value: this._panel.context.model.getMetadata(KEY) as unknown };
    return this._berth.value;
  }

  set berth(value: unknown) {
    const { model } = this._panel.context;
    if (model.readOnly) return;
    model.setMetadata(KEY, value);
    this._onMetadata();
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  async isFresh(): Promise<boolean> {
    const { sessionContext } = this._panel;
    const kernel = sessionContext.session?.kernel;
    if (!kernel) return true;
    if (kernel.status !== 'idle' || kernel.connectionStatus !== 'connected') return false;
    return (await executionCount(kernel)) === 0;
  }

  start(spec: string): Promise<void> {
    return startKernel(this._panel.sessionContext, spec);
  }

  dispose(): void {
    if (this._isDisposed) return;
    this._isDisposed = true;
    Signal.clearData(this);
  }

  private readonly _onMetadata = (): void => {
    this._berth = null;
    this._emit();
  };

  private readonly _emit = (): void => {
    this._changed.emit();
  };

  private readonly _changed = new Signal<this, void>(this);
  /** Null: to be read again. Lab copies all of it each time, and a kernel's state is another with every cell. */
  private _berth: { readonly value: unknown } | null = null;
  private _isDisposed = false;
}

/** How many cells a kernel has executed since it started: it says so with every answer, also to nothing at all. */
async function executionCount(kernel: Kernel.IKernelConnection): Promise<number | null> {
  const nothing = { code: '', silent: true, store_history: false, allow_stdin: false };
  const { content } = await kernel.requestExecute(nothing).done;
  return content.execution_count;
}
