/** One log: its lines, and everything that can be said when there are none, not all, or no more. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { useMemo, type ReactElement } from 'react';
import { ErrorBox } from '../../shared/error-box.js';
import type { IGatewayModel } from '../../shared/gateway-model.js';
import { MOST_LINES, type IShownLine } from './log-buffer.js';
import { LogLines } from './log-lines.js';
import type { ILogChoice, ILogSource } from './log-pager.js';
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
  /** The person wants to see the progress lines too. */
  readonly onProgressLines: () => void;
}

export function LogOutput(props: ILogOutputProps): ReactElement {
  const { source, model, choice, switches, label, trans, onFollow, onProgressLines } = props;
  const log = useLog(source, model, choice);
  const shown = useMemo(
    () => (switches.progressLines ? log.buffer.lines : log.buffer.lines.filter(line => !line.progress)),
    [log.buffer.lines, switches.progressLines]
  );
  const isEmpty = shown.length === 0 && log.error === null;
  const isHidden = isEmpty && log.buffer.lines.length > 0;
  return (
    <div className="jp-BerthLog-output">
      <Before log={log} progressLines={switches.progressLines} trans={trans} />
      <LogLines
        lines={shown}
        label={label}
        empty={
          !isEmpty ? null : !isHidden ? (
            nothing(log, choice, trans)
          ) : (
            <Hidden text={onlyProgress(log, choice, trans)} trans={trans} onShow={onProgressLines} />
          )
        }
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
      <p className="jp-BerthLog-foot">{foot(log, shown, choice, trans)}</p>
    </div>
  );
}

interface IBeforeProps {
  readonly log: ILog;
  readonly progressLines: boolean;
  readonly trans: TranslationBundle;
}

/** What lies before the first line. */
function Before({ log, progressLines, trans }: IBeforeProps): ReactElement | null {
  if (log.buffer.trimmed || (log.cut && !log.earlier)) {
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
  if (log.buffer.trimmedProgress && progressLines) {
    return <p className="jp-BerthLog-note">{trans.__('Not all progress lines are shown; Download has all.')}</p>;
  }
  if (!log.buffer.dropped) return null;
  return <p className="jp-BerthLog-note">{trans.__('Older output was deleted to keep the disk from filling up.')}</p>;
}

interface IHiddenProps {
  readonly text: string;
  readonly trans: TranslationBundle;
  readonly onShow: () => void;
}

/** There are lines, and how to see them. */
function Hidden({ text, trans, onShow }: IHiddenProps): ReactElement {
  return (
    <>
      {text}{' '}
      <button type="button" className="jp-BerthLink" onClick={onShow}>
        {trans.__('Show them')}
      </button>
    </>
  );
}

function onlyProgress({ buffer, cut }: ILog, { contains }: ILogChoice, trans: TranslationBundle): string {
  if (contains !== '') return trans.__('Only progress lines have “%1”.', contains);
  const isAll = !cut && !buffer.trimmed && !buffer.dropped;
  if (!isAll) return trans.__('The last lines are all progress lines.');
  return buffer.end ? trans.__('It ended with progress lines only.') : trans.__('Only progress lines so far.');
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
