/** The frame of a dialog: a heading, what it is about, and its buttons; Escape closes it, and Enter sends its form. */
import type { FormEvent, ReactElement, ReactNode } from 'react';
import { useId } from 'react';
import { useModal } from './use-modal.js';

export interface IModalDialogProps {
  readonly title: string;
  readonly onClose: () => void;
  /** It is a form: what sending it does. */
  readonly onSubmit?: () => void;
  /** For tables: as wide as they need. */
  readonly isWide?: boolean;
  readonly children: ReactNode;
  /** From left to right; the last one is what most people want. Null: none now. */
  readonly buttons: ReactNode;
}

export function ModalDialog(props: IModalDialogProps): ReactElement {
  const { title, onClose, onSubmit, isWide = false, children, buttons } = props;
  const dialog = useModal();
  const titleId = useId();
  const content = (
    <>
      <h2 id={titleId}>{title}</h2>
      {children}
      {buttons !== null && <div className="jp-BerthDialog-buttons">{buttons}</div>}
    </>
  );
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
      {onSubmit === undefined ? content : <Form onSubmit={onSubmit}>{content}</Form>}
    </dialog>
  );
}

type IFormProps = Required<Pick<IModalDialogProps, 'onSubmit' | 'children'>>;

function Form({ onSubmit, children }: IFormProps): ReactElement {
  const send = (event: FormEvent): void => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form onSubmit={send} noValidate>
      {children}
    </form>
  );
}

export interface IDialogButtonProps {
  readonly text: string;
  readonly kind?: 'plain' | 'accept' | 'warn';
  readonly disabled?: boolean;
  /** Has the focus as soon as it is there. */
  readonly isFirst?: boolean;
  /** Without it the button sends the form. */
  readonly onClick?: () => void;
}

const KINDS = { plain: 'jp-mod-reject', accept: 'jp-mod-accept', warn: 'jp-mod-warn' } as const;

export function DialogButton(props: IDialogButtonProps): ReactElement {
  const { text, kind = 'plain', disabled = false, isFirst = false, onClick } = props;
  return (
    <button
      type={onClick === undefined ? 'submit' : 'button'}
      className={`jp-mod-styled ${KINDS[kind]}`}
      data-autofocus={isFirst || undefined}
      autoFocus={isFirst}
      disabled={disabled}
      onClick={onClick}
    >
      {text}
    </button>
  );
}
