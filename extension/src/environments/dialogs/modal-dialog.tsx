/** The frame of a dialog: a heading, what it is about, and its buttons; Escape closes it. */
import type { ReactElement, ReactNode } from 'react';
import { useId } from 'react';
import { useModal } from '../../shared/use-modal.js';

export interface IModalDialogProps {
  readonly title: string;
  readonly onClose: () => void;
  /** For tables: as wide as they need. */
  readonly isWide?: boolean;
  readonly children: ReactNode;
  /** From left to right; the last one is what most people want. */
  readonly buttons: ReactNode;
}

export function ModalDialog({ title, onClose, isWide = false, children, buttons }: IModalDialogProps): ReactElement {
  const dialog = useModal();
  const titleId = useId();
  return (
    <dialog
      ref={dialog}
      className={`jp-BerthDialog jp-ThemedContainer${isWide ? ' jp-BerthDialog-wide' : ''}`}
      aria-labelledby={titleId}
      onCancel={event => {
        event.preventDefault();
        onClose();
      }}
    >
      <h2 id={titleId}>{title}</h2>
      {children}
      <div className="jp-BerthDialog-buttons">{buttons}</div>
    </dialog>
  );
}

export interface IDialogButtonProps {
  readonly text: string;
  readonly kind?: 'plain' | 'accept' | 'warn';
  readonly disabled?: boolean;
  /** Has the focus as the dialog opens. */
  readonly isFirst?: boolean;
  readonly onClick: () => void;
}

const KINDS = { plain: 'jp-mod-reject', accept: 'jp-mod-accept', warn: 'jp-mod-warn' } as const;

export function DialogButton(props: IDialogButtonProps): ReactElement {
  const { text, kind = 'plain', disabled = false, isFirst = false, onClick } = props;
  return (
    <button
      type="button"
      className={`jp-mod-styled ${KINDS[kind]}`}
      data-autofocus={isFirst || undefined}
      disabled={disabled}
      onClick={onClick}
    >
      {text}
    </button>
  );
}
