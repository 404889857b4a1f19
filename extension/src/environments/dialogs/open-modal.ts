/** Shows a dialog over the page. */
import type { ReactElement } from 'react';
import { ModalWidget } from '../../shared/modal-widget.js';

class RenderedModal extends ModalWidget {
  constructor(private readonly _show: (close: () => void) => ReactElement) {
    super();
  }

  protected override render(): ReactElement {
    return this._show(() => this.dispose());
  }
}

/** @param show - What is in it, given how it is closed. */
export function openModal(show: (close: () => void) => ReactElement): ModalWidget {
  const modal = new RenderedModal(show);
  modal.open();
  return modal;
}
