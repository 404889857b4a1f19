/** The dialog with all that is in one environment. */
import type { Environment, EnvironmentDetail } from '@berth/gateway/contract';
import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { useId, useState, type ReactElement } from 'react';
import { ErrorBox } from '../../shared/error-box.js';
import { DialogButton, ModalDialog } from '../../shared/modal-dialog.js';
import { originText } from '../list/environment-text.js';
import { useAnswer } from './use-answer.js';

export interface IDetailsDialogProps {
  readonly name: string;
  readonly load: (signal: AbortSignal) => Promise<EnvironmentDetail>;
  readonly trans: TranslationBundle;
  readonly onClose: () => void;
}

const SHORT_HASH = 12;

export function DetailsDialog({ name, load, trans, onClose }: IDetailsDialogProps): ReactElement {
  const { value: detail, error } = useAnswer(load);
  return (
    <ModalDialog
      title={trans.__('Environment %1', name)}
      isWide
      onClose={onClose}
      buttons={<DialogButton text={trans.__('Close')} onClick={onClose} />}
    >
      {error !== null && <ErrorBox error={error} trans={trans} />}
      {detail === null && error === null && <p className="jp-BerthDialog-note">{trans.__('Loading…')}</p>}
      {detail !== null && (
        <>
          <Facts environment={detail.environment} trans={trans} />
          <Contents contents={detail.contents} trans={trans} />
        </>
      )}
    </ModalDialog>
  );
}

function Facts({ environment, trans }: { environment: Environment; trans: TranslationBundle }): ReactElement {
  const { python, origin, packages, lockHash } = environment;
  return (
    <dl className="jp-BerthPairs">
      <dt>{trans.__('Python')}</dt>
      <dd>{python === '' ? trans.__('not known yet') : python}</dd>
      <dt>{trans.__('Made from')}</dt>
      <dd>{originText(origin, trans)}</dd>
      <dt>{trans.__('Asked for')}</dt>
      <dd>{packages.length === 0 ? trans.__('not told') : packages.join(', ')}</dd>
      <dt>{trans.__('Lock')}</dt>
      <dd>{lockHash === '' ? trans.__('not known yet') : <Hash hash={lockHash} trans={trans} />}</dd>
    </dl>
  );
}

function Hash({ hash, trans }: { readonly hash: string; readonly trans: TranslationBundle }): ReactElement {
  const [isCopied, setCopied] = useState(false);
  return (
    <>
      <code title={hash}>{hash.slice(0, SHORT_HASH)}</code>{' '}
      <button
        type="button"
        className="jp-mod-styled jp-mod-minimal jp-BerthButton"
        aria-label={trans.__('Copy the hash of the lock')}
        onClick={() => {
          Clipboard.copyToSystem(hash);
          setCopied(true);
        }}
      >
        {trans.__('Copy')}
      </button>{' '}
      <span role="status">{isCopied ? trans.__('Copied.') : ''}</span>
    </>
  );
}

function Contents({
  contents,
  trans
}: {
  readonly contents: EnvironmentDetail['contents'];
  readonly trans: TranslationBundle;
}): ReactElement {
  const [filter, setFilter] = useState('');
  const id = useId();
  const wanted = filter.trim().toLowerCase();
  const shown = contents.filter(({ name }) => name.includes(wanted));
  return (
    <>
      <div className="jp-BerthFilter">
        <label htmlFor={id}>{trans.__('Filter')}</label>
        <input
          id={id}
          className="jp-mod-styled"
          type="search"
          value={filter}
          onChange={event => setFilter(event.currentTarget.value)}
        />
        <span role="status">{trans._n('%2 of %1 package', '%2 of %1 packages', contents.length, shown.length)}</span>
      </div>
      <div className="jp-BerthTable-scroll" tabIndex={0} role="region" aria-label={trans.__('Contents')}>
        <table className="jp-BerthTable">
          <thead>
            <tr>
              <th scope="col">{trans.__('Package')}</th>
              <th scope="col">{trans.__('Version')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ name, version }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{version}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
