/** The live copy of what the gateway shows this person, fed by its event stream and by nothing else. */
import type { GatewayEvent, KernelView } from '@berth/gateway/contract';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { Connection } from './connection.js';
import { EventStream, type IEventStreamOptions } from './event-stream.js';
import { applyEvent, NOTHING_YET, type IGatewayState, type IRunChange } from './gateway-state.js';

/** New log lines; without a run, any log may have grown while the connection was cut. */
export interface ILogArrival {
  readonly runId: string | null;
}

/** A kernel that neither holds nor waits for compute any more; `reason` is for people, empty when it was asked for. */
export interface IKernelEnd {
  readonly kernel: KernelView;
  readonly reason: string;
}

/** What widgets may know. */
export interface IGatewayModel {
  readonly state: IGatewayState;
  readonly connection: Connection;
  /** State or connection is another object than before. */
  readonly changed: ISignal<IGatewayModel, void>;
  readonly runChanged: ISignal<IGatewayModel, IRunChange>;
  readonly kernelEnded: ISignal<IGatewayModel, IKernelEnd>;
  readonly logArrived: ISignal<IGatewayModel, ILogArrival>;
  /** Tries to connect now, unless it is connected. */
  reconnect(): void;
}

export type GatewayModelOptions = Omit<IEventStreamOptions, 'onEvent' | 'onConnection'>;

export class GatewayModel implements IGatewayModel, IDisposable {
  constructor(options: GatewayModelOptions) {
    this._connection = { state: 'connecting', sinceMs: (options.now ?? Date.now)() };
    this._stream = new EventStream({
      ...options,
      onEvent: event => this.apply(event),
      onConnection: connection => this._setConnection(connection)
    });
  }

  get state(): IGatewayState {
    return this._state;
  }

  get connection(): Connection {
    return this._connection;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get runChanged(): ISignal<this, IRunChange> {
    return this._runChanged;
  }

  get kernelEnded(): ISignal<this, IKernelEnd> {
    return this._kernelEnded;
  }

  get logArrived(): ISignal<this, ILogArrival> {
    return this._logArrived;
  }

  get isDisposed(): boolean {
    return this._stream.isDisposed;
  }

  reconnect(): void {
    this._stream.connect();
  }

  /** Takes in one event; the stream calls it. */
  apply(event: GatewayEvent): void {
    const { state, changes } = applyEvent(this._state, event);
    const ended = event.type === 'kernel-deleted' ? this._state.kernels.find(({ id }) => id === event.id) : undefined;
    if (state !== this._state) {
      this._state = state;
      this._changed.emit();
    }
    for (const change of changes) this._runChanged.emit(change);
    if (event.type === 'kernel-deleted' && ended !== undefined) {
      this._kernelEnded.emit({ kernel: ended, reason: event.reason });
    }
    if (event.type === 'log') this._logArrived.emit({ runId: event.runId });
    if (event.type === 'hello') this._logArrived.emit({ runId: null });
  }

  dispose(): void {
    if (this.isDisposed) return;
    this._stream.dispose();
    Signal.clearData(this);
  }

  private _setConnection(connection: Connection): void {
    this._connection = connection;
    this._changed.emit();
  }

  private readonly _stream: EventStream;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _runChanged = new Signal<this, IRunChange>(this);
  private readonly _kernelEnded = new Signal<this, IKernelEnd>(this);
  private readonly _logArrived = new Signal<this, ILogArrival>(this);
  private _state: IGatewayState = NOTHING_YET;
  private _connection: Connection;
}
