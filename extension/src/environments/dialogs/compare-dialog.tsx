/** The dialog that compares two environments. */
import type { EnvironmentDetail } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import { useState, type ReactElement } from 'react';
import { ErrorBox } from '../../shared/error-box.js';
import { FormField } from '../../shared/form-field.js';
import { DialogButton, ModalDialog } from '../../shared/modal-dialog.js';
import { compare, type IColumn } from '../drift/compare.js';
import { DiffTable } from './diff-table.js';
import { useAnswer } from './use-answer.js';

export interface ICompareDialogProps {
  readonly name: string;
  /** Names of those that it may be compared with. */
  readonly others: readonly string[];
  readonly load: (name: string, signal: AbortSignal) => Promise<EnvironmentDetail>;
  readonly trans: TranslationBundle;
  readonly onClose: () => void;
}

export function CompareDialog({ name, others, load, trans, onClose }: ICompareDialogProps): ReactElement {
  const [other, setOther] = useState(others[0] ?? '');
  return (
    <ModalDialog
      title={trans.__('Compare %1', name)}
      isWide
      onClose={onClose}
      buttons={<DialogButton text={trans.__('Close')} onClick={onClose} />}
    >
      {other === '' ? (
        <p className="jp-BerthDialog-note">{trans.__('There is no other environment.')}</p>
      ) : (
        <>
          <FormField label={trans.__('Compare with')}>
            <select
              className="jp-mod-styled"
              data-autofocus
              value={other}
              onChange={event => setOther(event.currentTarget.value)}
            >
              {others.map(it => (
                <option key={it} value={it}>
                  {it}
                </option>
              ))}
            </select>
          </FormField>
          <Difference name={name} other={other} load={load} trans={trans} />
        </>
      )}
    </ModalDialog>
  );
}

type IDifferenceProps = Pick<ICompareDialogProps, 'name' | 'load' | 'trans'> & { readonly other: string };

function Difference({ name, other, load, trans }: IDifferenceProps): ReactElement {
  const { value, error } = useAnswer(signal => Promise.all([load(name, signal), load(other, signal)]), other);
  if (error !== null) return <ErrorBox error={error} trans={trans} />;
  if (value === null) return <p className="jp-BerthDialog-note">{trans.__('Loading…')}</p>;
  const [one, two] = value;
  const comparison = compare({ pin: columnOf(one), kernel: columnOf(two), outputs: [] });
  return <DiffTable comparison={comparison} titles={{ pin: name, kernel: other }} trans={trans} />;
}

function columnOf({ environment, contents }: EnvironmentDetail): IColumn {
  const packages = Object.fromEntries(contents.map(it => [it.name, it.version]));
  return { python: environment.python, platform: null, packages };
}
