/** The dialog "New environment": a name and what goes into it; Enter sends it, Escape leaves. */
import { useEffect, type FormEvent, type ReactElement } from 'react';
import { ErrorBox } from '../../shared/error-box.js';
import { useModal } from '../../shared/use-modal.js';
import { CreateFields } from './create-fields.js';
import type { Wanted } from './folder-listing.js';
import { useCreate, type ICreateOptions } from './use-create.js';

export interface ICreateDialogProps extends ICreateOptions {
  /** Paths that may be meant. */
  readonly listPaths: (typed: string, wanted: Wanted) => Promise<string[]>;
  /** What happens once it is there; empty: nothing more. */
  readonly consequence: string;
  readonly onClose: () => void;
}

const TITLE_ID = 'berth-create-title';

export function CreateDialog(props: ICreateDialogProps): ReactElement {
  const { facts, trans, consequence, listPaths, onClose } = props;
  const create = useCreate(props);
  const dialog = useModal();
  useEffect(() => {
    // The first field that says no is where the person goes on.
    if (create.refusals > 0) dialog.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [create.refusals, dialog]);
  const close = (): void => {
    create.abort();
    onClose();
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    create.submit();
  };
  return (
    <dialog
      ref={dialog}
      className="jp-BerthDialog jp-BerthCreate jp-ThemedContainer"
      aria-labelledby={TITLE_ID}
      onCancel={event => {
        event.preventDefault();
        close();
      }}
    >
      <form onSubmit={onSubmit} noValidate>
        <h2 id={TITLE_ID}>{trans.__('New environment')}</h2>
        <CreateFields
          form={create.form}
          problems={create.problems}
          facts={facts}
          disabled={create.submitting}
          trans={trans}
          listPaths={listPaths}
          onChange={create.change}
          onSubmit={create.submit}
        />
        {consequence !== '' && <p className="jp-BerthDialog-note">{consequence}</p>}
        {create.error !== null && <ErrorBox error={create.error} trans={trans} />}
        <div className="jp-BerthDialog-buttons">
          <button type="button" className="jp-mod-styled jp-mod-reject" onClick={close}>
            {trans.__('Cancel')}
          </button>
          <button type="submit" className="jp-mod-styled jp-mod-accept" disabled={create.submitting}>
            {create.submitting ? trans.__('Sending…') : trans.__('Create')}
          </button>
        </div>
      </form>
    </dialog>
  );
}
