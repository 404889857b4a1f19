/** The Train dialog on the page. */
import type { ReactElement } from 'react';
import { ModalWidget } from '../../shared/modal-widget.js';
import { TrainDialog, type ITrainDialogProps } from './train-dialog.js';

export class TrainDialogWidget extends ModalWidget {
  constructor(private readonly _props: Omit<ITrainDialogProps, 'onClose'>) {
    super();
  }

  protected override render(): ReactElement {
    const { onDone } = this._props;
    return (
      <TrainDialog
        {...this._props}
        onClose={() => this.dispose()}
        onDone={(run, form) => {
          this.dispose();
          onDone(run, form);
        }}
      />
    );
  }
}
