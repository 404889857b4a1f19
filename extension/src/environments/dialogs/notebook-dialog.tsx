/** The dialog "Environment of this notebook": how it stands, what differs, and what can be done about it. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactElement } from 'react';
import { DialogButton, ModalDialog } from '../../shared/modal-dialog.js';
import { useSignalValue } from '../../shared/use-signal-value.js';
import { isInDrift, type IJudgement } from '../drift/judge.js';
import type { NotebookEnvironment } from '../notebook/notebook-environment.js';
import { badgeText } from '../pin/badge-text.js';
import { DiffTable } from './diff-table.js';
import { notebookActions, type NotebookAction } from './notebook-actions.js';

export interface INotebookDialogProps {
  readonly notebook: Pick<
    NotebookEnvironment,
    'judgement' | 'pin' | 'facts' | 'kernelEnvironment' | 'changed' | 'isDisposed'
  >;
  readonly trans: TranslationBundle;
  readonly onClose: () => void;
  /** The dialog is closed by then. */
  readonly onAction: (action: NotebookAction) => void;
}

export function NotebookDialog({ notebook, trans, onClose, onAction }: INotebookDialogProps): ReactElement {
  const judgement = useSignalValue(notebook.changed, () => notebook.judgement);
  const { pin, facts, kernelEnvironment } = notebook;
  const actions = notebookActions(judgement, { isPinned: pin !== null, hasFacts: facts !== null, kernelEnvironment });
  const texts: Record<NotebookAction, string> = {
    new: trans.__('New Environment…'),
    unpin: trans.__('Unpin'),
    'pin-kernel': trans.__('Pin to What the Kernel Has…'),
    pin: trans.__('Pin to %1', kernelEnvironment ?? ''),
    choose: trans.__('Pin to an Environment…'),
    restore: restoreText(judgement, kernelEnvironment, trans)
  };
  const act = (action: NotebookAction): void => {
    onClose();
    onAction(action);
  };
  const { label, meaning } = badgeText(judgement, trans);
  return (
    <ModalDialog
      title={trans.__('Environment of this notebook')}
      isWide
      onClose={onClose}
      buttons={
        <>
          <DialogButton text={trans.__('Close')} onClick={onClose} />
          {actions.map((action, index) => (
            <DialogButton
              key={action}
              text={texts[action]}
              kind={index === actions.length - 1 ? 'accept' : 'plain'}
              isFirst={index === actions.length - 1}
              onClick={() => act(action)}
            />
          ))}
        </>
      }
    >
      <p className="jp-BerthDialog-note" role="status">
        <strong>{label}</strong> — {meaning}
      </p>
      <Facts notebook={notebook} trans={trans} />
      <DiffTable comparison={judgement} trans={trans} />
      {judgement.unknownOutputs > 0 && (
        <p className="jp-BerthDialog-note">
          {trans._n(
            'Of %1 cell with outputs it is not known what they were produced with.',
            'Of %1 cells with outputs it is not known what they were produced with.',
            judgement.unknownOutputs
          )}
        </p>
      )}
    </ModalDialog>
  );
}

function restoreText(judgement: IJudgement, kernelEnvironment: string | null, trans: TranslationBundle): string {
  const { isHere, name } = judgement;
  if (!isHere) return trans.__('Restore');
  if (isInDrift(judgement, kernelEnvironment)) return trans.__('Repair %1 and Restart Kernel', name ?? '');
  return trans.__('Switch Kernel to %1', name ?? '');
}

type IFactsProps = Pick<INotebookDialogProps, 'notebook' | 'trans'>;

function Facts({ notebook, trans }: IFactsProps): ReactElement {
  const { pin, facts, kernelEnvironment } = notebook;
  const unnamed = trans.__('a lock without a name');
  const kernel = facts === null ? trans.__('not known') : trans.__('Python %1 on %2', facts.python, facts.platform);
  return (
    <dl className="jp-BerthPairs">
      <dt>{trans.__('Pinned to')}</dt>
      <dd>{pin === null ? trans.__('nothing') : pinText(pin.environment ?? unnamed, pin.python, trans)}</dd>
      <dt>{trans.__('Kernel')}</dt>
      <dd>{kernelEnvironment === null ? kernel : trans.__('%1 · %2', kernelEnvironment, kernel)}</dd>
    </dl>
  );
}

function pinText(name: string, python: string | null, trans: TranslationBundle): string {
  return python === null ? name : trans.__('%1 · Python %2', name, python);
}
