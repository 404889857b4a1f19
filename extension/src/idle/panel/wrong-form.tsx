/** "Was this wrong?": what a person says goes into a file with the last readings, which they can hand to whoever decides. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { useState, type FormEvent, type ReactElement } from 'react';
import { toGatewayError } from '../../shared/gateway-error.js';

const MOST_CHARACTERS = 2_000;

export interface IWrongFormProps {
  /** For people: of what. */
  readonly name: string;
  readonly trans: TranslationBundle;
  /** @returns the file. */
  readonly onSend: (text: string) => Promise<string>;
}

export function WrongForm({ name, trans, onSend }: IWrongFormProps): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const [outcome, setOutcome] = useState<string | null>(null);
  if (!isOpen) {
    return (
      <div className="jp-BerthWrong">
        <button
          type="button"
          className="jp-BerthLink"
          aria-label={trans.__('Was this wrong? %1', name)}
          onClick={() => setOpen(true)}
        >
          {trans.__('Was this wrong?')}
        </button>
        <p className="jp-BerthIdle-note" role="status">
          {outcome ?? ''}
        </p>
      </div>
    );
  }
  const send = async (text: string): Promise<void> => {
    setOutcome(
      await onSend(text).then(
        file => trans.__('Thank you. The last readings and your words are in %1', file),
        (thrown: unknown) => trans.__('It could not be written: %1', toGatewayError(thrown).message)
      )
    );
    setOpen(false);
  };
  return <OpenForm name={name} trans={trans} onSend={send} onClose={() => setOpen(false)} />;
}

interface IOpenFormProps {
  readonly name: string;
  readonly trans: TranslationBundle;
  readonly onSend: (text: string) => Promise<void>;
  readonly onClose: () => void;
}

function OpenForm({ name, trans, onSend, onClose }: IOpenFormProps): ReactElement {
  const [text, setText] = useState('');
  const [isSending, setSending] = useState(false);
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    setSending(true);
    void onSend(text);
  };
  return (
    <form className="jp-BerthWrong" aria-label={trans.__('Was this wrong? %1', name)} onSubmit={onSubmit}>
      <label>
        {trans.__('What was wrong? It stays on this server.')}
        <textarea
          className="jp-mod-styled"
          rows={2}
          maxLength={MOST_CHARACTERS}
          value={text}
          autoFocus
          onChange={event => setText(event.target.value)}
        />
      </label>
      <div className="jp-BerthIdle-actions">
        <button type="button" className="jp-mod-styled jp-mod-minimal jp-BerthButton" onClick={onClose}>
          {trans.__('Cancel')}
        </button>
        <button type="submit" className="jp-mod-styled jp-mod-minimal jp-BerthButton" disabled={isSending}>
          {trans.__('Write Report')}
        </button>
      </div>
    </form>
  );
}
