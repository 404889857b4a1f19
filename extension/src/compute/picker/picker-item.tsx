/** The picker in a notebook's toolbar: what its kernel has, and a press away from having something else. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon, ReactWidget, ToolbarButtonComponent } from '@jupyterlab/ui-components';
import { memo, type ReactElement } from 'react';
import type { IGatewayModel } from '../../shared/gateway-model.js';
import { computeIcon } from '../../shared/icons.js';
import { useGatewayState } from '../../shared/use-gateway.js';
import { useSignalValue } from '../../shared/use-signal-value.js';
import { shortText } from '../compute-words.js';
import type { IComputeView, NotebookCompute } from './notebook-compute.js';
import { pickerLabel } from './picker-label.js';

export interface IPickerProps {
  readonly compute: NotebookCompute;
  readonly model: IGatewayModel;
  readonly trans: TranslationBundle;
  /** Opens the dialog. */
  readonly onOpen: () => void;
}

export function Picker({ compute, model, trans, onOpen }: IPickerProps): ReactElement {
  const { loaded } = useGatewayState(model);
  const view = useSignalValue(compute.changed, () => compute.view);
  const { text, title } = loaded
    ? pickerLabel(view.facts, view.step, view.offers, trans)
    : { text: trans.__('Compute'), title: trans.__('Compute and environment of this notebook; connecting…') };
  const stop = stopText(view, trans);
  return (
    <span className="jp-BerthPicker" role="group" aria-label={trans.__('Compute')}>
      <PickerButton label={text} title={title} onClick={onOpen} />
      {stop !== null && (
        <ToolbarButtonComponent
          className="jp-BerthPicker-stop"
          icon={closeIcon}
          tooltip={stop}
          onClick={() => void compute.giveUp()}
        />
      )}
    </span>
  );
}

interface IPickerButtonProps {
  readonly label: string;
  readonly title: string;
  readonly onClick: () => void;
}

/** Is drawn again only when it says something else: a kernel's state changes with every cell. */
const PickerButton = memo(function PickerButton({ label, title, onClick }: IPickerButtonProps): ReactElement {
  return (
    <ToolbarButtonComponent
      className="jp-BerthPicker-button"
      icon={computeIcon}
      label={label}
      tooltip={title}
      aria-haspopup="dialog"
      onClick={onClick}
    />
  );
});

/** What the cross beside it does; null: there is nothing to stop. */
function stopText({ facts: { claim }, step, offers }: IComputeView, trans: TranslationBundle): string | null {
  if (step.kind === 'making') return trans.__('Stop making environment %1', step.environment);
  if (claim === null || step.kind !== 'idle') return null;
  const wanted = shortText(offers, claim);
  return claim.phase === 'Ready' ? trans.__('Give back %1', wanted) : trans.__('Stop waiting for %1', wanted);
}

export class PickerItem extends ReactWidget {
  constructor(private readonly _props: IPickerProps) {
    super();
    this.addClass('jp-BerthPickerItem');
  }

  protected override render(): ReactElement {
    return <Picker {...this._props} />;
  }
}
