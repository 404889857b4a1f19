/** One environment: whether it is there, how far its making is, and the button that makes or stops it. */
import type { Environment } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactElement } from 'react';
import { formatBytes } from '../shared/byte-size.js';
import { ProgressBar } from '../shared/progress-bar.js';

export interface IEnvironmentRowProps {
  readonly environment: Environment;
  /** An answer to the last press of its button is awaited, or none could come. */
  readonly busy: boolean;
  readonly trans: TranslationBundle;
  readonly onCreate: (name: string) => void;
  readonly onCancel: (name: string) => void;
}

export function EnvironmentRow(props: IEnvironmentRowProps): ReactElement {
  const { environment, trans } = props;
  const { name, state, message, progress, packages } = environment;
  return (
    <li className="jp-BerthEnvironment" aria-label={name} data-state={state}>
      <div className="jp-BerthOffer-head">
        <span className="jp-BerthOffer-title">{name}</span>
        <span className="jp-BerthOffer-use">{stateLabel(environment, trans)}</span>
        <EnvironmentButton {...props} />
      </div>
      {state === 'creating' && <ProgressBar share={progress} label={trans.__('Creating environment %1', name)} />}
      {message !== '' && (
        <p className="jp-BerthOffer-note" role={state === 'failed' ? 'alert' : undefined}>
          {message}
        </p>
      )}
      <details className="jp-BerthEnvironment-details">
        <summary>
          {trans.__('Python %1', environment.python)} · {trans._n('%1 package', '%1 packages', packages.length)}
        </summary>
        <ul>
          {packages.map(text => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      </details>
    </li>
  );
}

function EnvironmentButton({
  environment,
  busy,
  trans,
  onCreate,
  onCancel
}: IEnvironmentRowProps): ReactElement | null {
  const { name, state } = environment;
  if (state === 'ready') return null;
  const creating = state === 'creating';
  const text = creating ? trans.__('Cancel') : state === 'failed' ? trans.__('Try again') : trans.__('Create');
  return (
    <button
      type="button"
      className="jp-mod-styled jp-mod-minimal jp-BerthButton"
      disabled={busy}
      aria-label={trans.__('%1: environment %2', text, name)}
      onClick={() => (creating ? onCancel(name) : onCreate(name))}
    >
      {text}
    </button>
  );
}

/** The state in words, with the size where it was measured. */
function stateLabel({ state, sizeBytes }: Environment, trans: TranslationBundle): string {
  switch (state) {
    case 'absent':
      return trans.__('Not created yet');
    case 'creating':
      return trans.__('Being created');
    case 'failed':
      return trans.__('Failed');
    case 'ready':
      return sizeBytes === null ? trans.__('Ready') : trans.__('Ready · %1', formatBytes(sizeBytes));
  }
}
