/** In which kernels a cell waits for an answer to `input()`, as far as this page has asked for it. */
import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';
import { Signal, type ISignal } from '@lumino/signaling';

export class PendingInputs {
  /** Ids of their kernels. */
  get waiting(): readonly string[] {
    return [...this._waiting];
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Looks at the kernels of this session from now on; the same again changes nothing. */
  follow(session: ISessionContext): void {
    if (this._followed.has(session)) return;
    this._followed.add(session);
    session.kernelChanged.connect((_, { newValue }) => this._watch(newValue), this);
    this._watch(session.session?.kernel ?? null);
  }

  private _watch(kernel: Kernel.IKernelConnection | null): void {
    if (kernel === null) return;
    kernel.pendingInput.connect((_, isWaiting) => this._set(kernel.id, isWaiting), this);
    kernel.disposed.connect(() => this._set(kernel.id, false), this);
    this._set(kernel.id, kernel.hasPendingInput);
  }

  private _set(id: string, isWaiting: boolean): void {
    if (this._waiting.has(id) === isWaiting) return;
    if (isWaiting) this._waiting.add(id);
    else this._waiting.delete(id);
    this._changed.emit();
  }

  private readonly _followed = new WeakSet<ISessionContext>();
  private readonly _waiting = new Set<string>();
  private readonly _changed = new Signal<this, void>(this);
}
