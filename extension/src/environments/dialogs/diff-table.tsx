/** The differences between a pin, a kernel and what produced outputs. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactElement } from 'react';
import type { IComparison, IDiffRow } from '../drift/compare.js';

export interface IDiffTableProps {
  readonly comparison: IComparison;
  /** What each column is called; the defaults are for a notebook. */
  readonly titles?: { readonly pin: string; readonly kernel: string };
  readonly trans: TranslationBundle;
}

/** A table of thousands of rows is read by nobody and drawn slowly. */
const MOST_ROWS = 300;

export function DiffTable({ comparison, titles, trans }: IDiffTableProps): ReactElement {
  const { has, rows, equal } = comparison;
  if (rows.length === 0) return <p className="jp-BerthDialog-note">{equalText(comparison, trans)}</p>;
  const heads = { pin: titles?.pin ?? trans.__('Pin'), kernel: titles?.kernel ?? trans.__('Kernel') };
  return (
    <div className="jp-BerthTable-scroll" tabIndex={0} role="region" aria-label={trans.__('Differences')}>
      <table className="jp-BerthTable">
        <thead>
          <tr>
            <th scope="col">{trans.__('Package')}</th>
            {has.pin && <th scope="col">{heads.pin}</th>}
            {has.kernel && <th scope="col">{heads.kernel}</th>}
            {has.outputs && <th scope="col">{trans.__('Outputs')}</th>}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST_ROWS).map(row => (
            <DiffRow key={`${row.subject} ${row.name}`} row={row} has={has} trans={trans} />
          ))}
        </tbody>
      </table>
      <p className="jp-BerthTable-note">
        {rows.length > MOST_ROWS && trans.__('And %1 more.', rows.length - MOST_ROWS)}{' '}
        {trans._n('%1 package is the same.', '%1 packages are the same.', equal)}
      </p>
    </div>
  );
}

interface IDiffRowProps {
  readonly row: IDiffRow;
  readonly has: IComparison['has'];
  readonly trans: TranslationBundle;
}

function DiffRow({ row, has, trans }: IDiffRowProps): ReactElement {
  const names = { python: trans.__('Python'), platform: trans.__('Platform'), package: row.name };
  const outputs = row.outputs.map(value => value ?? '—').join(', ');
  return (
    <tr data-subject={row.subject}>
      <th scope="row">{names[row.subject]}</th>
      {has.pin && <td>{row.pin ?? <Missing row={row} trans={trans} />}</td>}
      {has.kernel && <td>{row.kernel ?? <Missing row={row} trans={trans} />}</td>}
      {has.outputs && <td>{outputs}</td>}
    </tr>
  );
}

/** A package that is not there; of the rest nothing is told. */
function Missing({ row, trans }: Pick<IDiffRowProps, 'row' | 'trans'>): ReactElement {
  return (
    <span role="img" aria-label={row.subject === 'package' ? trans.__('not there') : trans.__('not told')}>
      —
    </span>
  );
}

function equalText({ has, equal }: IComparison, trans: TranslationBundle): string {
  const columns = [has.pin, has.kernel, has.outputs].filter(Boolean).length;
  if (columns < 2) return trans.__('There is nothing to compare yet.');
  return trans._n('No difference: %1 package is the same.', 'No difference: all %1 packages are the same.', equal);
}
