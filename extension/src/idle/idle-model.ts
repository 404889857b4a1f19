/** The live copy of what the Jupyter server says of activity: asked for once, then pushed, and asked again when the push is silent. */
import type { ActivityView } from '@berth/gateway/contract';
import type { Event } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { Signal, type ISignal } from '@lumino/signaling';
import { GatewayError } from '../shared/gateway-error.js';
import type { IdleClient } from './idle-client.js';
import { NOTHING_HEARD, withPresence, withView, type IIdleState } from './idle-state.js';

export const ACTIVITY_SCHEMA = 'https://events.berth.dev/activity/v1';

const LOOK_EVERY_MS = 15_000;
/** After failures it asks less and less often, down to this. */
const SELDOM_MS = 60_000;
/** A push that says nothing for so long may be cut: that cannot be seen from here. */
const SILENT_MS = 60_000;

/** What widgets may know. */
export interface IIdleModel {
  readonly state: IIdleState;
  /** The state is another object than before. */
  readonly changed: ISignal<IIdleModel, void>;
  /** The Jupyter server answers, for the first time or again. */
  readonly connected: ISignal<IIdleModel, void>;
  /** Asks now, with timelines. */
  refresh(): void;
}

export interface IIdleModelOptions {
  readonly client: Pick<IdleClient, 'view'>;
  readonly events: ISignal<unknown, Event.Emission>;
  readonly now?: () => number;
}

export class IdleModel implements IIdleModel, IDisposable {
  constructor(private readonly _options: IIdleModelOptions) {
    this._now = _options.now ?? Date.now;
    this._poll = new Poll({
      auto: false,
      name: '@berth/extension:idle',
      factory: () => this._look(),
      frequency: { interval: LOOK_EVERY_MS, backoff: true, max: SELDOM_MS },
      standby: 'when-hidden'
    });
    _options.events.connect(this._onEvent, this);
  }

  get state(): IIdleState {
    return this._state;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get connected(): ISignal<this, void> {
    return this._connected;
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  start(): void {
    void this._poll.start();
  }

  refresh(): void {
    if (this.isDisposed || this._state.presence === 'absent') return;
    this._heardMs = null;
    void this._poll.refresh();
  }

  dispose(): void {
    if (this.isDisposed) return;
    this._poll.dispose();
    this._options.events.disconnect(this._onEvent, this);
    Signal.clearData(this);
  }

  private async _look(): Promise<void> {
    const now = this._now();
    const isHeard = this._heardMs !== null && Math.abs(now - this._heardMs) < SILENT_MS;
    if (isHeard) return;
    try {
      const view = await this._options.client.view();
      if (this.isDisposed) return;
      if (view !== null) return this._take(view, true);
      // It was there: the login has run out, or a proxy answers in its place. It may be back at any time.
      if (this._state.view !== null)
        throw new GatewayError('unexpected-answer', 'The Jupyter server has no idle timers now');
      this._set(withPresence(this._state, 'absent'));
      void this._poll.stop();
    } catch (error: unknown) {
      this._set(withPresence(this._state, 'offline'));
      throw error; // so that the poll asks less often
    }
  }

  private _take(view: ActivityView, hasTimelines: boolean): void {
    const now = this._now();
    this._heardMs = now;
    const isBack = this._state.presence !== 'live';
    this._set(withView(this._state, view, hasTimelines, now));
    if (isBack) this._connected.emit();
  }

  private _set(state: IIdleState): void {
    if (state === this._state || this.isDisposed) return;
    this._state = state;
    this._changed.emit();
  }

  private readonly _onEvent = (_: unknown, event: Event.Emission): void => {
    if (event.schema_id !== ACTIVITY_SCHEMA || this._state.presence === 'absent') return;
    this._take(event['view'] as unknown as ActivityView, false);
  };

  private readonly _now: () => number;
  private readonly _poll: Poll<void>;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _connected = new Signal<this, void>(this);
  private _state: IIdleState = NOTHING_HEARD;
  /** Null: ask at the next look. */
  private _heardMs: number | null = null;
}
