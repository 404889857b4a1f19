/** Has an environment made, and waits until it is there. */
import type { Environment } from '@berth/gateway/contract';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { GatewayClient } from '../../shared/gateway-client.js';
import { GatewayError } from '../../shared/gateway-error.js';
import type { IGatewayModel } from '../../shared/gateway-model.js';
import type { Step } from './picker-label.js';

/** The person has given it up: no failure. */
const CANCELLED = new Error('Making the environment was cancelled');

export class EnvironmentMaking implements IDisposable {
  constructor(
    private readonly _model: IGatewayModel,
    private readonly _client: Pick<GatewayClient, 'makeEnvironment' | 'cancelEnvironment'>
  ) {
    _model.changed.connect(this._onModel, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isGoingOn(): boolean {
    return this._waiting !== null;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Null while nothing is made. */
  get step(): Step | null {
    if (this._waiting === null) return null;
    const { name } = this._waiting;
    return { kind: 'making', environment: name, progress: this._find(name)?.progress ?? null };
  }

  /**
   * Resolves as soon as it is ready. One that is not known here is left to whoever asks for it next.
   * @returns whether it was not ready before
   * @throws GatewayError with the reason when it cannot be made
   */
  async make(name: string): Promise<boolean> {
    const before = this._find(name);
    if (before === undefined || before.state === 'ready') return false;
    const end = new Promise<void>((resolve, reject) => {
      this._waiting = { name, before, hasBegun: before.state === 'creating', resolve, reject };
    });
    this._changed.emit();
    if (before.state !== 'creating') this._client.makeEnvironment(name).catch((error: unknown) => this._end(error));
    await end;
    return true;
  }

  async cancel(): Promise<void> {
    const { _waiting: waiting } = this;
    if (waiting === null) return;
    this._end(CANCELLED);
    // It has ended already, or the gateway is not there: either way nobody waits for it any more.
    await this._client.cancelEnvironment(waiting.name).catch(() => undefined);
  }

  wasCancelled(thrown: unknown): boolean {
    return thrown === CANCELLED;
  }

  dispose(): void {
    if (this._isDisposed) return;
    this._isDisposed = true;
    this._end(CANCELLED);
    Signal.clearData(this);
  }

  private readonly _onModel = (): void => {
    const { _waiting: waiting } = this;
    const environment = waiting === null ? undefined : this._find(waiting.name);
    if (waiting === null || environment === undefined) return;
    waiting.hasBegun ||= environment.state === 'creating';
    const { hasBegun, before } = waiting;
    if (environment.state === 'ready') this._end(null);
    else if (hasFailed(environment, hasBegun, before)) this._end(failureOf(environment));
    else if (environment.state === 'absent' && hasBegun) this._end(CANCELLED);
  };

  private _end(error: unknown): void {
    const { _waiting: waiting } = this;
    this._waiting = null;
    if (error === null) waiting?.resolve();
    else waiting?.reject(error);
    if (waiting !== null) this._changed.emit();
  }

  private _find(name: string): Environment | undefined {
    return this._model.state.environments.find(environment => environment.name === name);
  }

  private readonly _changed = new Signal<this, void>(this);
  private _waiting: IWaiting | null = null;
  private _isDisposed = false;
}

interface IWaiting {
  readonly name: string;
  /** As it was. */
  readonly before: Environment;
  hasBegun: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A failure that was there before is not the one of this time. */
function hasFailed(environment: Environment, hasBegun: boolean, before: Environment): boolean {
  return environment.state === 'failed' && (hasBegun || environment !== before);
}

function failureOf({ name, message }: Environment): GatewayError {
  return new GatewayError('conflict', `The environment ${name} could not be made. ${message}`);
}
