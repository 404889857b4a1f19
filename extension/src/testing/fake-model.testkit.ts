/** A model that shows what a test gives it. */
import { Signal } from '@lumino/signaling';
import type { Connection } from '../shared/connection.js';
import type { IGatewayModel, IKernelEnd, ILogArrival } from '../shared/gateway-model.js';
import { NOTHING_YET, type IGatewayState, type IRunChange } from '../shared/gateway-state.js';

export class FakeModel implements IGatewayModel {
  state: IGatewayState = NOTHING_YET;
  connection: Connection = { state: 'live', sinceMs: 0 };
  readonly changed = new Signal<this, void>(this);
  readonly runChanged = new Signal<this, IRunChange>(this);
  readonly kernelEnded = new Signal<this, IKernelEnd>(this);
  readonly logArrived = new Signal<this, ILogArrival>(this);
  reconnects = 0;

  constructor(state: Partial<IGatewayState> = {}) {
    this.show(state);
  }

  show(state: Partial<IGatewayState>): void {
    this.state = { ...this.state, loaded: true, ...state };
    this.changed.emit();
  }

  connect(connection: Connection): void {
    this.connection = connection;
    this.changed.emit();
  }

  reconnect(): void {
    this.reconnects += 1;
  }
}
