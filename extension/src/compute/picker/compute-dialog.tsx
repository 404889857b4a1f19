/** The dialog "Compute and environment" of a notebook: one look says what it has, Apply gives it something else. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { FormEvent, ReactElement } from 'react';
import { ErrorBox } from '../../shared/error-box.js';
import { useGatewayState } from '../../shared/use-gateway.js';
import { useModal } from '../../shared/use-modal.js';
import { VerdictLine } from '../../shared/verdict-line.js';
import { ComputeFields } from './compute-fields.js';
import { ComputeStatus } from './compute-status.js';
import { useComputeDialog, type IComputeDialog, type IComputeDialogOptions } from './use-compute-dialog.js';

const TITLE_ID = 'berth-compute-title';

export function ComputeDialog(props: IComputeDialogOptions): ReactElement {
  const { compute, model, trans, onClose } = props;
  const { offers, environments } = useGatewayState(model);
  const state = useComputeDialog(props);
  const { view, verdict, question } = state;
  const dialog = useModal();
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    state.apply();
  };
  return (
    <dialog
      ref={dialog}
      className="jp-BerthDialog jp-BerthCompute jp-ThemedContainer"
      aria-labelledby={TITLE_ID}
      onCancel={event => {
        event.preventDefault();
        onClose();
      }}
    >
      <form onSubmit={onSubmit} noValidate>
        <h2 id={TITLE_ID}>{trans.__('Compute and environment')}</h2>
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
        {question === null && <Buttons state={state} trans={trans} onClose={onClose} />}
      </form>
    </dialog>
  );
}

interface IPartProps {
  readonly state: IComputeDialog;
  readonly trans: TranslationBundle;
}

function Buttons({ state, trans, onClose }: IPartProps & { readonly onClose: () => void }): ReactElement {
  return (
    <div className="jp-BerthDialog-buttons">
      <button type="button" className="jp-mod-styled jp-mod-reject" onClick={onClose}>
        {trans.__('Close')}
      </button>
      <button type="submit" className="jp-mod-styled jp-mod-accept" disabled={!state.canApply}>
        {trans.__('Apply')}
      </button>
    </div>
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
        <button type="button" className="jp-mod-styled jp-mod-reject" autoFocus onClick={() => state.answer(false)}>
          {trans.__('Keep It')}
        </button>
        <button type="button" className="jp-mod-styled jp-mod-warn" onClick={() => state.answer(true)}>
          {question === 'release' ? trans.__('Release and Restart') : trans.__('Restart Anyway')}
        </button>
      </div>
    </div>
  );
}

function effectText({ effect, verdict: { verdict }, view }: IComputeDialog, trans: TranslationBundle): string {
  if (effect === null || verdict?.verdict === 'never') return '';
  if (effect === 'record') return trans.__('The notebook has this now: nothing is restarted.');
  if (effect === 'start') return trans.__('Apply starts a kernel.');
  return verdict?.verdict === 'wait'
    ? trans.__('The notebook keeps its kernel while it waits. You are asked before it is restarted.')
    : trans.__('Apply restarts the kernel of %1: its variables are lost.', view.name);
}
