/** One environment: whether it is there, how far its making is, who uses it, and what can be done with it. */
import type { Environment } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import { useId, useState, type ReactElement } from 'react';
import { ProgressBar } from '../../shared/progress-bar.js';
import type { IEnvironmentHandlers } from './environment-handlers.js';
import { factsText, usersText } from './environment-text.js';

export interface IEnvironmentRowProps {
  readonly environment: Environment;
  /** No answer could come now. */
  readonly disabled: boolean;
  /** There is a notebook in front. */
  readonly canUse: boolean;
  readonly handlers: IEnvironmentHandlers;
  readonly trans: TranslationBundle;
}

export function EnvironmentRow(props: IEnvironmentRowProps): ReactElement {
  const { environment, trans } = props;
  const { name, state, message, progress, changed } = environment;
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return (
    <li className="jp-BerthEnvironment" aria-label={name} data-state={state}>
      <div className="jp-BerthEnvironment-head">
        <button
          type="button"
          className="jp-BerthLink jp-BerthEnvironment-name"
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={() => setOpen(!isOpen)}
        >
          {name}
        </button>
        <MainButton {...props} />
      </div>
      <p className="jp-BerthOffer-note">{factsText(environment, Date.now(), trans)}</p>
      {state === 'creating' && <ProgressBar share={progress} label={trans.__('Creating environment %1', name)} />}
      {message !== '' && (
        <p className="jp-BerthOffer-note" role={state === 'failed' ? 'alert' : undefined}>
          {message}
        </p>
      )}
      {changed.length > 0 && <Changed environment={environment} trans={trans} />}
      <Users environment={environment} trans={trans} />
      <div id={id} hidden={!isOpen} className="jp-BerthEnvironment-more">
        <Packages environment={environment} trans={trans} />
        <Actions {...props} />
      </div>
    </li>
  );
}

type IPartProps = Pick<IEnvironmentRowProps, 'environment' | 'trans'>;

function Users({ environment, trans }: IPartProps): ReactElement | null {
  const users = usersText(environment, trans);
  return users === '' ? null : <p className="jp-BerthOffer-note">{trans.__('In use by %1', users)}</p>;
}

/** A folder that is not as its lock says. */
function Changed({ environment, trans }: IPartProps): ReactElement {
  const { changed } = environment;
  return (
    <div className="jp-BerthEnvironment-changed" role="status">
      <strong>{trans.__('Changed by hand')}</strong> — {trans.__('repair makes it as its lock says:')}
      <ul>
        {changed.slice(0, MOST_CHANGES).map(line => (
          <li key={line}>{line}</li>
        ))}
        {changed.length > MOST_CHANGES && <li>{trans.__('and %1 more', changed.length - MOST_CHANGES)}</li>}
      </ul>
    </div>
  );
}

const MOST_CHANGES = 5;

function Packages({ environment, trans }: IPartProps): ReactElement | null {
  const { packages } = environment;
  if (packages.length === 0) return null;
  return (
    <ul className="jp-BerthPackages" aria-label={trans.__('Packages asked for')}>
      {packages.map(text => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}

/** What the state asks for. */
function MainButton({ environment, disabled, handlers, trans }: IEnvironmentRowProps): ReactElement | null {
  const { name, state, changed } = environment;
  const of = { name, disabled, trans };
  switch (state) {
    case 'absent':
      return <RowButton {...of} text={trans.__('Create')} act={handlers.make} />;
    case 'creating':
      return <RowButton {...of} text={trans.__('Cancel')} act={handlers.cancel} />;
    case 'failed':
      return <RowButton {...of} text={trans.__('Try again')} act={handlers.make} />;
    case 'ready':
      return changed.length === 0 ? null : <RowButton {...of} text={trans.__('Repair')} act={handlers.repair} />;
  }
}

function Actions({ environment, disabled, canUse, handlers, trans }: IEnvironmentRowProps): ReactElement {
  const { name, state, changed, inUse } = environment;
  const of = { name, disabled, trans };
  const isReady = state === 'ready';
  return (
    <div className="jp-BerthEnvironment-actions">
      {isReady && (
        <RowButton
          {...of}
          disabled={disabled || !canUse}
          title={canUse ? undefined : trans.__('Open a notebook first.')}
          text={trans.__('Use in this notebook')}
          act={handlers.use}
        />
      )}
      <RowButton {...of} text={trans.__('Details')} act={handlers.details} />
      <RowButton {...of} text={trans.__('Compare with…')} act={handlers.compare} />
      {isReady && changed.length === 0 && <RowButton {...of} text={trans.__('Repair')} act={handlers.repair} />}
      {state !== 'creating' && (
        <RowButton
          {...of}
          disabled={disabled || inUse.length > 0}
          title={inUse.length === 0 ? undefined : trans.__('In use by %1', usersText(environment, trans))}
          text={trans.__('Delete…')}
          act={handlers.remove}
        />
      )}
    </div>
  );
}

interface IRowButtonProps {
  readonly name: string;
  readonly text: string;
  readonly title?: string;
  readonly disabled: boolean;
  readonly trans: TranslationBundle;
  readonly act: (name: string) => void;
}

function RowButton({ name, text, title, disabled, trans, act }: IRowButtonProps): ReactElement {
  return (
    <button
      type="button"
      className="jp-mod-styled jp-mod-minimal jp-BerthButton"
      disabled={disabled}
      title={title}
      aria-label={trans.__('%1: environment %2', text, name)}
      onClick={() => act(name)}
    >
      {text}
    </button>
  );
}
