/**
 * Sees that a person does something: presses a key, clicks, scrolls, runs a cell. A pointer that moves is none, for that a
 * table does which somebody bumps into; nor is what widgets dispatch by themselves, nor a key that is held down.
 */
import type { IDisposable } from '@lumino/disposable';
import type { Widget } from '@lumino/widgets';
import { kernelIdOf } from '../session-of.js';

const EVENTS = ['keydown', 'pointerdown', 'wheel'] as const;

export interface IInputWatcherOptions {
  readonly node: Pick<Document, 'addEventListener' | 'removeEventListener'>;
  /** What could have been meant, what is in front first. */
  readonly widgets: () => Iterable<Widget>;
  /** @param kernel - Null: it was in nothing that has a kernel. */
  readonly onInput: (kernel: string | null) => void;
}

export class InputWatcher implements IDisposable {
  constructor(private readonly _options: IInputWatcherOptions) {
    for (const type of EVENTS) _options.node.addEventListener(type, this, { capture: true, passive: true });
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  handleEvent(event: Pick<Event, 'isTrusted' | 'target'> & { readonly repeat?: boolean }): void {
    if (!event.isTrusted || event.repeat === true) return;
    this._options.onInput(this._kernelAt(event.target));
  }

  dispose(): void {
    if (this._isDisposed) return;
    this._isDisposed = true;
    for (const type of EVENTS) this._options.node.removeEventListener(type, this, { capture: true });
  }

  private _kernelAt(target: EventTarget | null): string | null {
    if (!(target instanceof Node)) return null;
    for (const widget of this._options.widgets()) if (widget.node.contains(target)) return kernelIdOf(widget);
    return null;
  }

  private _isDisposed = false;
}
