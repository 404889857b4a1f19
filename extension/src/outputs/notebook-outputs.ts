/**
 * One open notebook and the server that keeps what its cells print. The server is told which cell a request came from,
 * what the person has cleared and what is saved. Cells that a page which is gone has run go on here.
 */
import type { ICodeCellModel } from '@jupyterlab/cells';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { INotebookModel } from '@jupyterlab/notebook';
import { type Kernel, KernelMessage } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { Signal } from '@lumino/signaling';
import { EarlyMessages } from './early-messages.js';
import type { IKeptExecution, OutputsClient } from './outputs-client.js';
import { isLast, ResumedCell } from './resumed-cell.js';
import { SentCells } from './sent-cells.js';

/** While another page's cell runs: what a message that got lost left wrong is right again after so long. */
const LOOK_INTERVAL_MS = 10_000;
const LOOK_INTERVAL_MAX_MS = 120_000;

/** What all views of a notebook share. */
export type NotebookContext = DocumentRegistry.IContext<INotebookModel>;

export class NotebookOutputs implements IDisposable {
  constructor(
    private readonly _context: NotebookContext,
    private readonly _client: OutputsClient
  ) {
    const { sessionContext } = _context;
    this._sent = new SentCells(_client);
    this._looks = new Poll({
      auto: false,
      name: '@berth/extension:outputs',
      factory: () => this._look(),
      frequency: { interval: LOOK_INTERVAL_MS, backoff: true, max: LOOK_INTERVAL_MAX_MS },
      standby: 'when-hidden'
    });
    sessionContext.kernelChanged.connect(this._onKernel, this);
    sessionContext.iopubMessage.connect(this._onMessage, this);
    sessionContext.connectionStatusChanged.connect(this._onConnection, this);
    _context.saveState.connect(this._onSave, this);
    _context.pathChanged.connect(this._onRenamed, this);
    this._follow(sessionContext.session?.kernel ?? null);
    void this._looks.start();
  }

  get isDisposed(): boolean {
    return this._looks.isDisposed;
  }

  dispose(): void {
    if (this.isDisposed) return;
    this._looks.dispose();
    Signal.clearData(this);
  }

  /** The person does not want to see the outputs of this cell again. */
  cleared(cellId: string): void {
    this._touched.add(cellId);
    for (const [msgId, resumed] of this._resumed) {
      if (resumed.cell.id !== cellId) continue;
      if (resumed.isComplete) this._giveUp(msgId);
      else resumed.cleared();
    }
    this._sent.cleared(this._context.path, cellId);
  }

  /** One look at what the server has kept. */
  private async _look(): Promise<void> {
    await this._context.ready;
    const kept = await this._ask();
    if (this.isDisposed) return;
    this._letGo(new Set(kept.map(({ msgId }) => msgId)));
    const strangers = kept.filter(({ msgId }) => !this._sent.has(msgId) && !this._givenUp.has(msgId));
    for (const execution of strangers) if (!this._touched.has(execution.cellId)) this._take(execution);
    const isWatched = strangers.some(one => this._isOfAnotherPage(one) && one.phase !== 'ended');
    if (!isWatched && [...this._resumed.values()].every(({ isComplete }) => isComplete)) void this._looks.stop();
  }

  /** What the person runs or clears from here on is newer than the answer. */
  private async _ask(): Promise<readonly IKeptExecution[]> {
    await this._sent.told;
    this._touched.clear();
    this._early.clear();
    this._isAsking = true;
    try {
      return await this._client.kept(this._context.path);
    } finally {
      this._isAsking = false;
    }
  }

  /** Cells that are not there any more, and those of which the server will not say how they end. */
  private _letGo(known: ReadonlySet<string>): void {
    for (const [msgId, resumed] of this._resumed) {
      if (resumed.cell.isDisposed) this._lose(msgId, resumed);
      else if (!known.has(msgId)) {
        resumed.letGo();
        this._resumed.delete(msgId);
      }
    }
  }

  /** Its cell is deleted, or it was moved or loaded again and is another object now: that one may go on with it. */
  private _lose(msgId: string, { isComplete }: ResumedCell): void {
    if (isComplete) this._giveUp(msgId);
    else this._resumed.delete(msgId);
  }

  private _isOfAnotherPage({ msgId, watched }: IKeptExecution): boolean {
    return watched && !this._adopted.has(msgId);
  }

  private _take(kept: IKeptExecution): void {
    const resumed = this._resumed.get(kept.msgId) ?? this._resume(kept);
    if (resumed?.take(kept) === true) this._context.model.dirty = true;
    if (resumed?.isComplete === true) this._sent.ended(kept.msgId);
  }

  /** Null if the cell is another page's, is gone or is different now, or the file is newer than these outputs. */
  private _resume(kept: IKeptExecution): ResumedCell | null {
    const { model, contentsModel } = this._context;
    const cell = [...model.cells].find(({ id, type }) => id === kept.cellId && type === 'code');
    if (cell === undefined || this._isOfAnotherPage(kept)) return null;
    if (kept.code !== null && kept.code !== cell.sharedModel.getSource()) return null;
    const isNews = kept.changedMs > Date.parse(contentsModel?.last_modified ?? '');
    if (kept.phase === 'ended' && (!isNews || kept.code === null)) return null;
    const resumed = new ResumedCell(cell as ICodeCellModel, this._early.of(kept.msgId));
    this._resumed.set(kept.msgId, resumed);
    this._adopt(kept);
    return resumed;
  }

  /** Or a third page would show it too, and both would save the file. */
  private _adopt({ kernel: id, msgId, cellId }: IKeptExecution): void {
    const { sessionContext, path } = this._context;
    const kernel = sessionContext.session?.kernel;
    if (kernel?.id === id) {
      this._adopted.add(msgId);
      this._sent.adopt({ kernel: id, session: kernel.clientId, path, msgId, cellId });
    }
  }

  private _follow(kernel: Kernel.IKernelConnection | null): void {
    kernel?.anyMessage.connect(this._onAnyMessage, this);
  }

  private readonly _onKernel = (
    _: unknown,
    { oldValue, newValue }: { oldValue: Kernel.IKernelConnection | null; newValue: Kernel.IKernelConnection | null }
  ): void => {
    oldValue?.anyMessage.disconnect(this._onAnyMessage, this);
    this._follow(newValue);
  };

  private readonly _onAnyMessage = (kernel: Kernel.IKernelConnection, { msg, direction }: Kernel.IAnyMessageArgs) => {
    if (direction !== 'send' || msg.header.msg_type !== 'execute_request') return;
    const { cellId } = msg.metadata;
    if (typeof cellId !== 'string') return;
    this._touched.add(cellId);
    for (const [msgId, { cell }] of this._resumed) if (cell.id === cellId) this._giveUp(msgId);
    const { path } = this._context;
    this._sent.add({ kernel: kernel.id, session: kernel.clientId, path, msgId: msg.header.msg_id, cellId });
  };

  private readonly _onMessage = (_: unknown, message: KernelMessage.IMessage): void => {
    if (message.channel !== 'iopub') return;
    const published = message as KernelMessage.IIOPubMessage;
    const { msg_id: parent, msg_type: kind } = published.parent_header as Partial<KernelMessage.IHeader>;
    if (parent === undefined) return;
    if (kind === 'execute_request') this._hearExecution(parent, published);
    if (KernelMessage.isUpdateDisplayDataMsg(published)) this._update(parent, published);
  };

  private _hearExecution(parent: string, message: KernelMessage.IIOPubMessage): void {
    if (!this._sent.has(parent)) this._hearStranger(parent, message);
    else if (isLast(message)) this._sent.ended(parent);
  }

  private _hearStranger(parent: string, message: KernelMessage.IIOPubMessage): void {
    const resumed = this._resumed.get(parent);
    if (resumed?.cell.isDisposed === true) {
      this._lose(parent, resumed);
      void this._looks.refresh();
    } else if (resumed?.hear(message) === true) void this._looks.refresh();
    else if (resumed === undefined && this._isAsking) this._early.add(parent, message);
  }

  /** The cell was deleted or cleared, or this page has run it again. */
  private _giveUp(msgId: string): void {
    this._resumed.delete(msgId);
    this._givenUp.add(msgId);
  }

  private _update(parent: string, message: KernelMessage.IUpdateDisplayDataMsg): void {
    for (const [msgId, resumed] of this._resumed) {
      if (msgId !== parent && !resumed.cell.isDisposed) resumed.hearUpdate(message);
    }
  }

  private readonly _onConnection = (_: unknown, status: Kernel.ConnectionStatus): void => {
    if (status === 'connected') void this._looks.refresh();
  };

  private readonly _onSave = (_: unknown, state: DocumentRegistry.SaveState): void => {
    this._sent.onSave(state);
  };

  private readonly _onRenamed = (_: unknown, path: string): void => {
    this._sent.renamed(path);
  };

  private readonly _sent: SentCells;
  private readonly _looks: Poll;
  private readonly _early = new EarlyMessages();
  private readonly _resumed = new Map<string, ResumedCell>();
  private readonly _givenUp = new Set<string>();
  private readonly _adopted = new Set<string>();
  /** Cells that were run or cleared on this page since the server was asked. */
  private readonly _touched = new Set<string>();
  private _isAsking = false;
}
