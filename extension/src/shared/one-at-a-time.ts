/** Keeps a second click from opening a second dialog, also while the first is still on its way. */
import type { IObservableDisposable } from '@lumino/disposable';

export class OneAtATime<T extends IObservableDisposable = IObservableDisposable> {
  /** Opens one, unless one is open or about to be: then that one. */
  open(make: () => Promise<T>): Promise<T> {
    this._current ??= this._open(make);
    return this._current;
  }

  private async _open(make: () => Promise<T>): Promise<T> {
    try {
      const made = await make();
      made.disposed.connect(this._onGone, this);
      if (made.isDisposed) this._onGone();
      return made;
    } catch (error: unknown) {
      this._onGone();
      throw error;
    }
  }

  private readonly _onGone = (): void => {
    this._current = null;
  };

  private _current: Promise<T> | null = null;
}
