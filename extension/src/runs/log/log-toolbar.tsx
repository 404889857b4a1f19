/** Which log is shown, and how. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useState, type ReactElement } from 'react';
import type { ILogSwitches } from './log-output.js';

/** A pause in typing after which the search is sent. */
const TYPING_MS = 300;

export interface ILogToolbarProps {
  readonly attempts: readonly number[];
  readonly attempt: number;
  readonly search: string;
  readonly switches: ILogSwitches;
  readonly downloadUrl: string;
  readonly trans: TranslationBundle;
  readonly onAttempt: (attempt: number) => void;
  readonly onSearch: (search: string) => void;
  readonly onSwitch: (changed: Partial<ILogSwitches>) => void;
}

export function LogToolbar(props: ILogToolbarProps): ReactElement {
  const { attempts, attempt, switches, trans, onSwitch } = props;
  return (
    <div className="jp-BerthLog-toolbar" role="toolbar" aria-label={trans.__('Log')}>
      {attempts.length > 1 && (
        <label className="jp-BerthLog-control">
          {trans.__('Attempt')}
          <select
            className="jp-mod-styled"
            value={attempt}
            onChange={event => props.onAttempt(Number(event.currentTarget.value))}
          >
            {attempts.map(number => (
              <option key={number} value={number}>
                {number}
              </option>
            ))}
          </select>
        </label>
      )}
      <SearchBox search={props.search} trans={trans} onSearch={props.onSearch} />
      <Switch label={trans.__('Follow')} on={switches.follow} onChange={follow => onSwitch({ follow })} />
      <Switch label={trans.__('Wrap')} on={switches.wrap} onChange={wrap => onSwitch({ wrap })} />
      <Switch label={trans.__('Times')} on={switches.timestamps} onChange={timestamps => onSwitch({ timestamps })} />
      <Switch
        label={trans.__('Show progress lines')}
        on={switches.progressLines}
        onChange={progressLines => onSwitch({ progressLines })}
      />
      <a className="jp-BerthLink" href={props.downloadUrl} download>
        {trans.__('Download')}
      </a>
    </div>
  );
}

interface ISwitchProps {
  readonly label: string;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
}

function Switch({ label, on, onChange }: ISwitchProps): ReactElement {
  return (
    <label className="jp-BerthLog-control">
      <input type="checkbox" checked={on} onChange={event => onChange(event.currentTarget.checked)} />
      {label}
    </label>
  );
}

type SearchBoxProps = Pick<ILogToolbarProps, 'search' | 'trans' | 'onSearch'>;

function SearchBox({ search, trans, onSearch }: SearchBoxProps): ReactElement {
  const [text, setText] = useState(search);
  useEffect(() => {
    if (text === search) return undefined;
    const timer = setTimeout(() => onSearch(text), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, search, onSearch]);
  return (
    <input
      type="search"
      className="jp-mod-styled jp-BerthLog-search"
      placeholder={trans.__('Search this log')}
      aria-label={trans.__('Search this log')}
      maxLength={200}
      value={text}
      onChange={event => setText(event.currentTarget.value)}
    />
  );
}
