/** A widget that lies over the page, such as a dialog. */
import { ReactWidget } from '@jupyterlab/ui-components';
import { Widget } from '@lumino/widgets';

/** Is disposed when it is closed, and gives the focus back to where it was. */
export abstract class ModalWidget extends ReactWidget {
  constructor() {
    super();
    this._focused = document.activeElement;
    this.addClass('jp-BerthModal');
  }

  /** Shows it; it disposes itself when it is closed. */
  open(): void {
    Widget.attach(this, document.body);
  }

  override dispose(): void {
    if (this.isDisposed) return;
    super.dispose();
    if (this._focused instanceof HTMLElement && this._focused.isConnected) this._focused.focus();
  }

  private readonly _focused: Element | null;
}
