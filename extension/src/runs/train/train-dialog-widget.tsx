/** The Train dialog on the page. */
import { ReactWidget } from '@jupyterlab/ui-components';
import { Widget } from '@lumino/widgets';
import type { ReactElement } from 'react';
import { TrainDialog, type ITrainDialogProps } from './train-dialog.js';

/** Is disposed when it is closed, and gives the focus back to where it was. */
export class TrainDialogWidget extends ReactWidget {
  constructor(private readonly _props: Omit<ITrainDialogProps, 'onClose'>) {
    super();
    this._focused = document.activeElement;
    this.addClass('jp-BerthTrainDialog');
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

  private readonly _focused: Element | null;
}
