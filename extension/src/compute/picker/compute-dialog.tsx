/** The dialog "Compute and environment" of a notebook: one look says what it has, Apply gives it something else. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactElement } from 'react';
import { ErrorBox } from '../../shared/error-box.js';
import { DialogButton, ModalDialog } from '../../shared/modal-dialog.js';
import { useGatewayState } from '../../shared/use-gateway.js';
import { VerdictLine } from '../../shared/verdict-line.js';
import { ComputeFields } from './compute-fields.js';
import { ComputeStatus } from './compute-status.js';
import { useComputeDialog, type IComputeDialog, type IComputeDialogOptions } from './use-compute-dialog.js';

export function ComputeDialog(props: IComputeDialogOptions): ReactElement {
  const { compute, model, trans, onClose } = props;
  const { offers, environments } = useGatewayState(model);
  const state = useComputeDialog(props);
  const { view, verdict, question } = state;
  const close = (): void => onClose(null);
  return (
    <ModalDialog
      title={trans.__('Compute and environment')}
      onClose={close}
      onSubmit={state.apply}
      buttons={question === null ? <Buttons state={state} trans={trans} onClose={close} /> : null}
    >
      <p className="jp-BerthCompute-notebook">{view.name}</p>
      <ComputeStatus
        view={view}
        trans={trans}
        onRelease={state.release}
        onSwitch={state.switchNow}
        onGiveUp={() => void compute.giveUp()}
      />
      <ComputeFields
        choice={state.choice}
        offers={offers}
        environments={environments}
        problems={verdict.verdict?.problems ?? []}
        isComplete={state.effect !== null}
        disabled={state.isWorking}
        trans={trans}
        onChange={state.change}
      />
      {state.effect !== 'record' && (
        <VerdictLine state={verdict} incomplete={state.effect === null} problems={[]} trans={trans} />
      )}
      {question === null ? (
        <p className="jp-BerthCompute-effect">{effectText(state, trans)}</p>
      ) : (
        <Ask state={state} trans={trans} />
      )}
      {view.error !== null && <ErrorBox error={view.error} trans={trans} />}
    </ModalDialog>
  );
}

interface IPartProps {
  readonly state: IComputeDialog;
  readonly trans: TranslationBundle;
}

function Buttons({ state, trans, onClose }: IPartProps & { readonly onClose: () => void }): ReactElement {
  return (
    <>
      <DialogButton text={trans.__('Close')} onClick={onClose} />
      <DialogButton kind="accept" text={trans.__('Apply')} disabled={!state.canApply} />
    </>
  );
}

/** The question before variables are lost; it has the focus on the harmless answer. */
function Ask({ state, trans }: IPartProps): ReactElement {
  const { question, view } = state;
  const text =
    question === 'release'
      ? trans.__('The kernel of %1 is restarted on the processors. All its variables are lost.', view.name)
      : trans.__('A cell of %1 is running. It is stopped, and all variables of its kernel are lost.', view.name);
  return (
    <div className="jp-BerthCompute-question" role="alert">
      <p>{text}</p>
      <div className="jp-BerthDialog-buttons">
        <DialogButton isFirst text={trans.__('Keep It')} onClick={() => state.answer(false)} />
        <DialogButton
          kind="warn"
          text={question === 'release' ? trans.__('Release and Restart') : trans.__('Restart Anyway')}
          onClick={() => state.answer(true)}
        />
      </div>
    </div>
  );
}

function effectText({ effect, isLater, verdict: { verdict }, view }: IComputeDialog, trans: TranslationBundle): string {
  if (effect === null || verdict?.verdict === 'never') return '';
  if (effect === 'record') return trans.__('The notebook has this now: nothing is restarted.');
  if (effect === 'start') return isLater ? '' : trans.__('Apply starts a kernel.');
  return isLater
    ? trans.__('The notebook keeps its kernel while it waits. You are asked before it is restarted.')
    : trans.__('Apply restarts the kernel of %1: its variables are lost.', view.name);
}
