/** The Train dialog: one look and Enter is enough; everything else is there for those who want it. */
import { useMemo, type ReactElement } from 'react';
import { ErrorBox } from '../../shared/error-box.js';
import type { IGatewayModel } from '../../shared/gateway-model.js';
import { DialogButton, ModalDialog } from '../../shared/modal-dialog.js';
import { useConnection, useGatewayState } from '../../shared/use-gateway.js';
import { VerdictLine } from '../../shared/verdict-line.js';
import { DriftWarning, type ITrainPin } from './drift-warning.js';
import { TrainFields } from './train-fields.js';
import { useTrain, type ITrain, type ITrainOptions } from './use-train.js';

export interface ITrainDialogProps extends Omit<ITrainOptions, 'world'> {
  readonly model: IGatewayModel;
  /** The notebook without folder. */
  readonly name: string;
  /** How the notebook stands with its pin; null where nothing knows. */
  readonly pin: ITrainPin | null;
  readonly onClose: () => void;
}

export function TrainDialog(props: ITrainDialogProps): ReactElement {
  const { model, name, pin, trans, onClose } = props;
  const { offers, environments } = useGatewayState(model);
  const { state: connection } = useConnection(model);
  const world = useMemo(() => ({ connection, offers, environments }), [connection, offers, environments]);
  const train = useTrain({ ...props, world });
  const close = (): void => {
    train.abort();
    onClose();
  };
  return (
    <ModalDialog
      title={trans.__('Train %1', name)}
      onClose={close}
      onSubmit={train.submit}
      buttons={<Buttons train={train} trans={trans} onCancel={close} />}
    >
      <TrainFields
        form={train.form}
        offers={offers}
        environments={environments}
        problems={train.problems.atField}
        disabled={train.submitting}
        trans={trans}
        onChange={train.change}
      />
      {pin !== null && (
        <DriftWarning
          pin={pin}
          environment={train.form.environment}
          trans={trans}
          onPinned={environment => train.change('environment', environment)}
        />
      )}
      <p className="jp-BerthTrain-saved" role="status">
        {savedText(train, trans)}
      </p>
      <VerdictLine state={train.verdict} incomplete={train.incomplete} problems={train.problems.others} trans={trans} />
      {train.error !== null && <ErrorBox error={train.error} trans={trans} />}
    </ModalDialog>
  );
}

interface IButtonsProps {
  readonly train: ITrain;
  readonly trans: ITrainDialogProps['trans'];
  readonly onCancel: () => void;
}

function Buttons({ train, trans, onCancel }: IButtonsProps): ReactElement {
  return (
    <>
      <DialogButton text={trans.__('Cancel')} onClick={onCancel} />
      <DialogButton
        kind="accept"
        text={train.submitting ? trans.__('Submitting…') : trans.__('Train')}
        disabled={!train.canSubmit}
      />
    </>
  );
}

function savedText({ saved }: ITrain, trans: ITrainDialogProps['trans']): string {
  switch (saved) {
    case 'saving':
      return trans.__('Saving the notebook…');
    case 'saved':
      return trans.__('The notebook was saved first.');
    case 'failed':
      return trans.__('The notebook could not be saved; Train tries again, and submits nothing unless it works.');
    case 'nothing':
      return '';
  }
}
