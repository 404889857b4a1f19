/**
 * One WebSocket that is always there again: it reconnects with growing pauses, goes on after the last cursor, and tries
 * at once when the network or the tab comes back. The first message of every socket is `hello`; only then it is live.
 * The gateway says `alive` every 25 s when it has nothing else to say: a socket that is silent for longer is only half there.
 */
import type { GatewayEvent } from '@berth/gateway/contract';
import type { IDisposable } from '@lumino/disposable';
import { backoffMs } from './backoff.js';
import type { Connection } from './connection.js';
import { toGatewayError, type GatewayError } from './gateway-error.js';

/** A socket that has not said hello by then is given up. */
const HELLO_WITHIN_MS = 20_000;
/** More than two signs of life were missed. */
export const SILENT_MS = 60_000;

export interface IEventStreamOptions {
  readonly url: (cursor: string | null) => string;
  readonly WebSocket: typeof WebSocket;
  readonly onEvent: (event: GatewayEvent) => void;
  readonly onConnection: (connection: Connection) => void;
  /** Rejects with the reason why the gateway does not answer; a browser does not tell it for a socket. */
  readonly ping: () => Promise<void>;
  readonly now?: () => number;
  readonly random?: () => number;
}

export class EventStream implements IDisposable {
  constructor(private readonly _options: IEventStreamOptions) {
    this._now = _options.now ?? Date.now;
    this._random = _options.random ?? Math.random;
    globalThis.addEventListener?.('online', this);
    globalThis.document?.addEventListener('visibilitychange', this);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Connects unless it is connected or about to be. */
  connect(): void {
    if (this._isDisposed || this._socket !== null) return;
    clearTimeout(this._timer);
    this._report(this._failures > 1 ? this._lost(null) : { state: 'connecting', sinceMs: this._sinceMs });
    this._open();
  }

  handleEvent(event: Event): void {
    if (event.type !== 'online' && globalThis.document.hidden) return;
    // Timers rest while a computer sleeps, so this may be the first that is heard of it.
    if (this._now() - this._heardAtMs > SILENT_MS) this._drop();
    this.connect();
  }

  dispose(): void {
    if (this._isDisposed) return;
    this._isDisposed = true;
    globalThis.removeEventListener?.('online', this);
    globalThis.document?.removeEventListener('visibilitychange', this);
    clearTimeout(this._timer);
    this._drop();
  }

  private _open(): void {
    let socket: WebSocket;
    try {
      socket = new this._options.WebSocket(this._options.url(this._cursor));
    } catch {
      this._failed();
      return;
    }
    this._socket = socket;
    socket.onmessage = message => this._onMessage(socket, message);
    socket.onclose = () => this._onClosed(socket);
    socket.onerror = () => this._onClosed(socket);
    this._closeAfter(socket, HELLO_WITHIN_MS);
  }

  private _closeAfter(socket: WebSocket, silentMs: number): void {
    clearTimeout(this._timer);
    this._heardAtMs = this._now();
    this._timer = setTimeout(() => this._onClosed(socket), silentMs);
  }

  private _onMessage(socket: WebSocket, message: MessageEvent): void {
    if (socket !== this._socket) return;
    let event: GatewayEvent;
    try {
      event = JSON.parse(String(message.data)) as GatewayEvent;
    } catch {
      this._cursor = null; // What was missed is in the next snapshot.
      this._onClosed(socket);
      return;
    }
    this._closeAfter(socket, SILENT_MS);
    if (event.type === 'hello') this._becameLive();
    this._options.onEvent(event);
    this._cursor = event.cursor;
  }

  private _becameLive(): void {
    this._failures = 0;
    this._sinceMs = this._now();
    this._report({ state: 'live', sinceMs: this._sinceMs });
  }

  private _onClosed(socket: WebSocket): void {
    if (socket !== this._socket) return;
    this._drop();
    this._failed();
  }

  /** The first failure after a live time is silent: a restarted gateway is back before a person has read a banner. */
  private _failed(): void {
    clearTimeout(this._timer);
    this._failures += 1;
    if (this._failures === 1) this._sinceMs = this._now();
    const delayMs = backoffMs(this._failures, this._random());
    this._timer = setTimeout(() => this.connect(), delayMs);
    if (this._failures === 1) {
      this._report({ state: 'connecting', sinceMs: this._sinceMs });
      return;
    }
    this._report(this._lost(this._now() + delayMs));
    void this._findReason();
  }

  private async _findReason(): Promise<void> {
    const before = this._failures;
    this._reason = await this._options.ping().then(() => null, toGatewayError);
    if (this._isDisposed || this._connection?.state !== 'lost' || this._failures !== before) return;
    this._report({ ...this._connection, reason: this._reason });
  }

  private _lost(nextTryAtMs: number | null): Connection {
    return { state: 'lost', sinceMs: this._sinceMs, reason: this._reason, nextTryAtMs };
  }

  private _report(connection: Connection): void {
    if (connection.state === 'live') this._reason = null;
    this._connection = connection;
    this._options.onConnection(connection);
  }

  private _drop(): void {
    const socket = this._socket;
    this._socket = null;
    if (socket === null) return;
    socket.onmessage = socket.onclose = socket.onerror = null;
    socket.close();
  }

  private readonly _now: () => number;
  private readonly _random: () => number;
  private _socket: WebSocket | null = null;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _cursor: string | null = null;
  private _failures = 0;
  private _heardAtMs = 0;
  private _sinceMs = Date.now();
  private _reason: GatewayError | null = null;
  private _connection: Connection | null = null;
  private _isDisposed = false;
}
