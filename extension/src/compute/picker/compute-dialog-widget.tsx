/** The dialog "Compute and environment" on the page. */
import type { ReactElement } from 'react';
import { ModalWidget } from '../../shared/modal-widget.js';
import { ComputeDialog } from './compute-dialog.js';
import type { IComputeDialogOptions } from './use-compute-dialog.js';

export class ComputeDialogWidget extends ModalWidget {
  constructor(private readonly _props: Omit<IComputeDialogOptions, 'onClose'>) {
    super();
  }

  protected override render(): ReactElement {
    return <ComputeDialog {...this._props} onClose={() => this.dispose()} />;
  }
}
