/** A dialog over the page. */
import { ReactWidget } from '@jupyterlab/ui-components';
import { Widget } from '@lumino/widgets';
import type { ReactElement } from 'react';

/** Is disposed when it is closed, and gives the focus back to where it was. */
export class ModalWidget extends ReactWidget {
  constructor(private readonly _show: (close: () => void) => ReactElement) {
    super();
    this._focused = document.activeElement;
    this.addClass('jp-BerthModal');
  }

  override dispose(): void {
    if (this.isDisposed) return;
    super.dispose();
    if (this._focused instanceof HTMLElement && this._focused.isConnected) this._focused.focus();
  }

  protected override render(): ReactElement {
    return this._show(() => this.dispose());
  }

  private readonly _focused: Element | null;
}

/** @param show - What is in it, given how it is closed. */
export function openModal(show: (close: () => void) => ReactElement): ModalWidget {
  const modal = new ModalWidget(show);
  Widget.attach(modal, document.body);
  return modal;
}
