/** One open notebook: its pin, its kernel, where its outputs come from, and how all that stands together. */
import type { LockView } from '@berth/gateway/contract';
import type { ICodeCellModel } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { Connection } from '../../shared/connection.js';
import { GatewayError, toGatewayError } from '../../shared/gateway-error.js';
import type { IGatewayModel } from '../../shared/gateway-model.js';
import { environmentOf } from '../../shared/kernelspec.js';
import { isFacts, judge, type DeclaredEvidence, type IJudgement, type KernelEvidence } from '../drift/judge.js';
import type { IKernelFacts } from '../kernel/kernel-facts.js';
import { KernelInspection } from '../kernel/kernel-inspection.js';
import { isSamePin, readPin, type IPin } from '../pin/pin-metadata.js';
import type { LockReader } from './lock-reader.js';
import { notebookMetadata, outputsOf, recordRan, type IOutputs } from './notebook-metadata.js';

export interface INotebookEnvironmentOptions {
  readonly panel: NotebookPanel;
  readonly model: IGatewayModel;
  readonly locks: LockReader;
  /** Is it wanted that outputs tell where they come from? */
  readonly isRecording: () => boolean;
}

export class NotebookEnvironment implements IDisposable {
  /** @param _options - Of a panel whose document is there and whose session is ready. */
  constructor(private readonly _options: INotebookEnvironmentOptions) {
    const { panel, model } = _options;
    this._pin = this._savedPin = readPin(notebookMetadata(panel.context));
    this._inspection = new KernelInspection(panel.sessionContext);
    this._inspection.changed.connect(this._update, this);
    panel.context.model.metadataChanged.connect(this._onMetadata, this);
    panel.context.model.cells.changed.connect(this._onCells, this);
    panel.context.fileChanged.connect(this._onSaved, this);
    model.changed.connect(this._onGateway, this);
    this._judgement = this._judge();
    void this._readLock();
  }

  get panel(): NotebookPanel {
    return this._options.panel;
  }

  get pin(): IPin | null {
    return this._pin;
  }

  /** The pin that the file had when it was read or written last. */
  get savedPin(): IPin | null {
    return this._savedPin;
  }

  get judgement(): IJudgement {
    return this._judgement;
  }

  /** What the kernel has; null: it is not known. */
  get facts(): IKernelFacts | null {
    const { evidence } = this._inspection;
    return isFacts(evidence) ? evidence : null;
  }

  get kernel(): KernelEvidence {
    return this._inspection.evidence;
  }

  /** What the pin's lock says; null: there is none, or it is not known. */
  get lock(): LockView | null {
    return this._lock;
  }

  /** The environment that Berth started the kernel in. */
  get kernelEnvironment(): string | null {
    return this.facts?.environment ?? environmentOf(this.panel.sessionContext.session?.kernel?.name ?? '');
  }

  /** What it is pinned to is being made for it. */
  get isRestoring(): boolean {
    return this._isRestoring;
  }

  set isRestoring(value: boolean) {
    this._isRestoring = value;
    this._update();
  }

  /** Judgement, pin or facts are others. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** These cells have run: looks at what they ran in, and notes it. */
  async cellRan(cell: ICodeCellModel): Promise<void> {
    this._ran.add(cell);
    if (this._isNoting) return;
    this._isNoting = true;
    while (this._ran.size > 0 && !this._isDisposed) {
      const seen = await this._inspection.look();
      // All that have ended by now were in the kernel's queue before the look.
      const cells = [...this._ran];
      this._ran.clear();
      if (!this._isDisposed) this._note(cells, this._options.isRecording() && isFacts(seen) ? seen : null);
    }
    this._isNoting = false;
  }

  /** A cell has no outputs any more. */
  outputsCleared(cell: ICodeCellModel): void {
    this._ran.delete(cell);
    this._note([cell], null);
  }

  dispose(): void {
    if (this._isDisposed) return;
    this._isDisposed = true;
    this._inspection.dispose();
    this._options.model.changed.disconnect(this._onGateway, this);
    Signal.clearData(this);
  }

  private _note(cells: readonly ICodeCellModel[], facts: IKernelFacts | null): void {
    recordRan(this.panel.context, cells, facts);
    this._onCells();
  }

  private _judge(): IJudgement {
    const { panel, model } = this._options;
    this._outputs ??= outputsOf(panel.context);
    const { records, unknown } = this._outputs;
    const lockHash = this.lock?.lockHash ?? '';
    return judge({
      pin: this._pin,
      declared: this._declared,
      isRestoring: this._isRestoring,
      here: lockHash === '' ? [] : model.state.environments.filter(it => it.lockHash === lockHash),
      kernel: this._inspection.evidence,
      records,
      unknownOutputs: unknown
    });
  }

  private async _readLock(): Promise<void> {
    const pin = this._pin;
    this._lock = this._declared = null;
    if (pin !== null) {
      const read = await this._options.locks.read(pin.lock).catch(toGatewayError);
      if (this._isDisposed || pin.lock !== this._pin?.lock) return;
      this._lock = read instanceof GatewayError ? null : read;
      this._declared = read instanceof GatewayError ? undeclaredBy(read) : declaredBy(read);
    }
    this._update();
  }

  private readonly _update = (): void => {
    if (this._isDisposed) return;
    this._judgement = this._judge();
    this._changed.emit();
  };

  private readonly _onCells = (): void => {
    this._outputs = null;
    this._update();
  };

  private readonly _onMetadata = (): void => {
    this._outputs = null;
    const pin = readPin(notebookMetadata(this.panel.context));
    if (isSamePin(pin, this._pin)) return;
    const isOtherLock = pin?.lock !== this._pin?.lock;
    this._pin = pin;
    if (isOtherLock) void this._readLock();
    else this._update();
  };

  private readonly _onSaved = (): void => {
    this._savedPin = this._pin;
  };

  /** Of all that the gateway tells only its environments matter here, and that it answers again. */
  private readonly _onGateway = (): void => {
    const { state, connection } = this._options.model;
    const isBack = connection !== this._connection && connection.state === 'live';
    this._connection = connection;
    if (isBack && this._declared === 'failed') void this._readLock();
    if (state.environments === this._environments) return;
    this._environments = state.environments;
    this._update();
    this._noteMaking(state.environments.find(({ name }) => name === this.kernelEnvironment)?.createdAtMs ?? null);
  };

  /** What was made anew under a kernel may have something else. */
  private _noteMaking(madeAtMs: number | null): void {
    if (madeAtMs === null) return;
    const isAnew = this._madeAtMs !== null && this._madeAtMs !== madeAtMs;
    this._madeAtMs = madeAtMs;
    if (isAnew) void this._inspection.look();
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _inspection: KernelInspection;
  private readonly _ran = new Set<ICodeCellModel>();
  private _environments: readonly unknown[] = [];
  /** When the kernel's environment was made last. */
  private _madeAtMs: number | null = null;
  private _isRestoring = false;
  private _isNoting = false;
  private _pin: IPin | null;
  private _savedPin: IPin | null;
  private _lock: LockView | null = null;
  private _declared: DeclaredEvidence = null;
  /** Null: to be read again. What a notebook says may be long, and most changes are none of it. */
  private _outputs: IOutputs | null = null;
  private _connection: Connection | null = null;
  private _judgement: IJudgement;
  private _isDisposed = false;
}

function declaredBy({ contents, problem }: LockView): DeclaredEvidence {
  return { packages: Object.fromEntries(contents.map(({ name, version }) => [name, version])), problem };
}

/** The API would not even read it; or it did not answer. */
function undeclaredBy({ code, message }: GatewayError): DeclaredEvidence {
  const isRefused = code === 'invalid-input' || code === 'too-large';
  return isRefused ? { packages: {}, problem: message } : 'failed';
}
