/** The Train dialog: one look and Enter is enough; everything else is there for those who want it. */
import { useEffect, useMemo, useRef, type FormEvent, type ReactElement, type RefObject } from 'react';
import { ErrorBox } from '../../shared/error-box.js';
import type { IGatewayModel } from '../../shared/gateway-model.js';
import { useConnection, useGatewayState } from '../../shared/use-gateway.js';
import { TrainFields } from './train-fields.js';
import { useTrain, type ITrain, type ITrainOptions } from './use-train.js';
import { VerdictLine } from './verdict-line.js';

export interface ITrainDialogProps extends Omit<ITrainOptions, 'world'> {
  readonly model: IGatewayModel;
  /** The notebook without folder. */
  readonly name: string;
  readonly onClose: () => void;
}

const TITLE_ID = 'berth-train-title';

export function TrainDialog(props: ITrainDialogProps): ReactElement {
  const { model, name, trans, onClose } = props;
  const { offers, environments } = useGatewayState(model);
  const { state: connection } = useConnection(model);
  const world = useMemo(() => ({ connection, offers, environments }), [connection, offers, environments]);
  const train = useTrain({ ...props, world });
  const dialog = useModal();
  const close = (): void => {
    train.abort();
    onClose();
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    train.submit();
  };
  return (
    <dialog
      ref={dialog}
      className="jp-BerthTrain jp-ThemedContainer"
      aria-labelledby={TITLE_ID}
      onCancel={event => {
        event.preventDefault();
        close();
      }}
    >
      <form onSubmit={onSubmit} noValidate>
        <h2 id={TITLE_ID}>{trans.__('Train %1', name)}</h2>
        <TrainFields
          form={train.form}
          offers={offers}
          environments={environments}
          problems={train.problems.atField}
          disabled={train.submitting}
          trans={trans}
          onChange={train.change}
        />
        <p className="jp-BerthTrain-saved" role="status">
          {savedText(train, trans)}
        </p>
        <VerdictLine
          state={train.verdict}
          incomplete={train.incomplete}
          problems={train.problems.others}
          trans={trans}
        />
        {train.error !== null && <ErrorBox error={train.error} trans={trans} />}
        <div className="jp-BerthTrain-buttons">
          <button type="button" className="jp-mod-styled jp-mod-reject" onClick={close}>
            {trans.__('Cancel')}
          </button>
          <button type="submit" className="jp-mod-styled jp-mod-accept" disabled={!train.canSubmit}>
            {train.submitting ? trans.__('Submitting…') : trans.__('Train')}
          </button>
        </div>
      </form>
    </dialog>
  );
}

/** Opens the dialog over everything; the browser keeps the focus inside, and Escape cancels. */
function useModal(): RefObject<HTMLDialogElement> {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const node = dialog.current;
    node?.showModal();
    const first = node?.querySelector<HTMLInputElement>('[data-autofocus]');
    first?.focus();
    first?.select();
    return () => node?.close();
  }, []);
  return dialog;
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
