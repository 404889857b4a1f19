/** One log: its lines, and everything that can be said when there are none, not all, or no more. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { useMemo, type ReactElement } from 'react';
import { ErrorBox } from '../../shared/error-box.js';
import type { IGatewayModel } from '../../shared/gateway-model.js';
import { MOST_LINES, type IShownLine } from './log-buffer.js';
import { LogLines } from './log-lines.js';
import type { ILogChoice, ILogSource } from './log-pager.js';
import { isProgressLine } from './log-text.js';
import { useLog, type ILog } from './use-log.js';

export interface ILogSwitches {
  readonly follow: boolean;
  readonly wrap: boolean;
  readonly timestamps: boolean;
  readonly progressLines: boolean;
}

export interface ILogOutputProps {
  readonly source: ILogSource;
  readonly model: IGatewayModel;
  readonly choice: ILogChoice;
  readonly switches: ILogSwitches;
  readonly label: string;
  readonly trans: TranslationBundle;
  readonly onFollow: (follow: boolean) => void;
}

export function LogOutput(props: ILogOutputProps): ReactElement {
  const { source, model, choice, switches, label, trans, onFollow } = props;
  const log = useLog(source, model, choice);
  const shown = useMemo(
    () => (switches.progressLines ? log.buffer.lines : log.buffer.lines.filter(line => !isProgressLine(line.text))),
    [log.buffer.lines, switches.progressLines]
  );
  return (
    <div className="jp-BerthLog-output">
      <Before log={log} trans={trans} />
      <LogLines
        lines={shown}
        label={label}
        empty={shown.length === 0 && log.error === null ? nothing(log, choice, trans) : null}
        search={choice.contains}
        follow={switches.follow}
        wrap={switches.wrap}
        timestamps={switches.timestamps}
        trans={trans}
        onFollow={onFollow}
      />
      {log.error !== null && (
        <div className="jp-BerthLog-failed">
          <ErrorBox error={log.error} trans={trans} />
          <button type="button" className="jp-mod-styled jp-mod-minimal" onClick={log.retry}>
            {trans.__('Try again')}
          </button>
        </div>
      )}
      <p className="jp-BerthLog-foot" role="status">
        {foot(log, shown, choice, trans)}
      </p>
    </div>
  );
}

/** What lies before the first line. */
function Before({ log, trans }: { readonly log: ILog; readonly trans: TranslationBundle }): ReactElement | null {
  if (log.buffer.trimmed) {
    return (
      <p className="jp-BerthLog-note">{trans.__('Only the last %1 lines are shown; Download has all.', MOST_LINES)}</p>
    );
  }
  if (log.earlier) {
    return (
      <button type="button" className="jp-mod-styled jp-mod-minimal jp-BerthLog-earlier" onClick={log.loadEarlier}>
        {trans.__('Load earlier lines')}
      </button>
    );
  }
  if (!log.buffer.dropped) return null;
  return <p className="jp-BerthLog-note">{trans.__('Older output was deleted to keep the disk from filling up.')}</p>;
}

function nothing({ loading, buffer }: ILog, { contains }: ILogChoice, trans: TranslationBundle): string {
  if (loading) return trans.__('Loading…');
  if (contains !== '') return trans.__('No line has “%1”.', contains);
  return buffer.end ? trans.__('It ended without any output.') : trans.__('No output yet.');
}

function foot(
  { buffer }: ILog,
  shown: readonly IShownLine[],
  { contains }: ILogChoice,
  trans: TranslationBundle
): string {
  const parts =
    contains === ''
      ? [trans._n('%1 line', '%1 lines', shown.length)]
      : [trans._n('%1 line has “%2”', '%1 lines have “%2”', shown.length, contains)];
  const hidden = buffer.lines.length - shown.length;
  if (hidden > 0) parts.push(trans._n('%1 progress line hidden', '%1 progress lines hidden', hidden));
  if (buffer.end) parts.push(trans.__('end of the log'));
  return parts.join(' · ');
}
