/** The dialog "New environment": a name and what goes into it; Enter sends it, Escape leaves. */
import { useEffect, useRef, type ReactElement } from 'react';
import { ErrorBox } from '../../shared/error-box.js';
import { DialogButton, ModalDialog } from '../../shared/modal-dialog.js';
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

export function CreateDialog(props: ICreateDialogProps): ReactElement {
  const { facts, trans, consequence, listPaths, onClose } = props;
  const create = useCreate(props);
  const fields = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The first field that says no is where the person goes on.
    if (create.refusals > 0) fields.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [create.refusals]);
  const close = (): void => {
    create.abort();
    onClose();
  };
  return (
    <ModalDialog
      title={trans.__('New environment')}
      onClose={close}
      onSubmit={create.submit}
      buttons={
        <>
          <DialogButton text={trans.__('Cancel')} onClick={close} />
          <DialogButton
            kind="accept"
            text={create.submitting ? trans.__('Sending…') : trans.__('Create')}
            disabled={create.submitting}
          />
        </>
      }
    >
      <div ref={fields}>
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
      </div>
      {consequence !== '' && <p className="jp-BerthDialog-note">{consequence}</p>}
      {create.error !== null && <ErrorBox error={create.error} trans={trans} />}
    </ModalDialog>
  );
}
