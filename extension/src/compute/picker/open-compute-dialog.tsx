/** Opens the dialog "Compute and environment". */
import type { KernelRequest } from '@berth/gateway/contract';
import { openModal, type ModalWidget } from '../../shared/modal-widget.js';
import { ComputeDialog } from './compute-dialog.js';
import type { IComputeDialogOptions } from './use-compute-dialog.js';

/** @param onApplied - Called before it closes, if anything was asked for by Apply. */
export function openComputeDialog(
  options: Omit<IComputeDialogOptions, 'onClose'>,
  onApplied: (request: KernelRequest) => void
): ModalWidget {
  return openModal(close => (
    <ComputeDialog
      {...options}
      onClose={applied => {
        if (applied !== null) onApplied(applied);
        close();
      }}
    />
  ));
}
