/** Asks how busy everything is, while somebody looks; a page that nobody sees asks nothing. */
import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { Signal, type ISignal } from '@lumino/signaling';
import type { GatewayClient } from '../../shared/gateway-client.js';
import { newest, withSamples, type UsageHistory } from './usage-history.js';

const INTERVAL_MS = 2_000;
/** After failures it asks less and less often, down to this. */
const SELDOM_MS = 30_000;

export class UsageFeed implements IDisposable {
  constructor(private readonly _client: Pick<GatewayClient, 'usage'>) {}

  get history(): UsageHistory {
    return this._history;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** It is looked at from now on. */
  start(): void {
    if (this._isDisposed || this._poll !== null) return;
    this._poll = new Poll({
      name: '@berth/extension:usage',
      factory: () => this._ask(),
      frequency: { interval: INTERVAL_MS, backoff: true, max: SELDOM_MS },
      standby: 'when-hidden'
    });
  }

  stop(): void {
    this._poll?.dispose();
    this._poll = null;
    this._abort?.abort();
    this._abort = null;
  }

  dispose(): void {
    if (this._isDisposed) return;
    this._isDisposed = true;
    this.stop();
    Signal.clearData(this);
  }

  private async _ask(): Promise<void> {
    const abort = new AbortController();
    this._abort = abort;
    const { samples } = await this._client.usage(newest(this._history)?.atMs ?? 0, abort.signal);
    const history = withSamples(this._history, samples);
    if (abort.signal.aborted || history === this._history) return;
    this._history = history;
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private _history: UsageHistory = [];
  private _poll: Poll<void> | null = null;
  private _abort: AbortController | null = null;
  private _isDisposed = false;
}
