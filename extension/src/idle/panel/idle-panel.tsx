/** Every kernel and the workspace: are they in use, on what evidence, what follows, and what was stopped. */
import type { ActivityView, Judgement } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import { useState, type ReactElement } from 'react';
import type { IIdleDesk } from '../idle-desk.js';
import type { IIdleModel } from '../idle-model.js';
import { subjectKey } from '../subject-key.js';
import { useIdleState, useServerNow } from '../use-idle.js';
import { aged } from '../words/aged.js';
import { bySoonest, isDue } from '../words/due.js';
import { StopRow } from './stop-row.js';
import { SubjectRow } from './subject-row.js';

/** More than these are shown only when they are asked for. */
const MOST_ROWS = 20;

export interface IIdlePanelProps {
  readonly model: IIdleModel;
  readonly desk: IIdleDesk;
  readonly trans: TranslationBundle;
  readonly onOpen: (path: string) => void;
}

export function IdlePanel(props: IIdlePanelProps): ReactElement {
  const { model, trans } = props;
  const state = useIdleState(model);
  const { view, presence } = state;
  const now = useServerNow(state, presence === 'live' && (view?.judgements.some(isDue) ?? false));
  if (presence === 'absent') {
    return <p className="jp-BerthEmpty">{trans.__('This Jupyter server does not watch what is idle.')}</p>;
  }
  if (view === null) {
    const text = presence === 'offline' ? trans.__('The Jupyter server does not answer.') : trans.__('Loading…');
    return <p className="jp-BerthEmpty">{text}</p>;
  }
  return (
    <div className={presence === 'offline' ? 'jp-BerthSection jp-mod-stale' : 'jp-BerthSection'}>
      <Notes view={view} isOffline={presence === 'offline'} trans={trans} />
      <Stops {...props} view={view} now={now} />
      <Subjects {...props} view={view} now={now} />
    </div>
  );
}

/** What holds for all of them. */
function Notes({
  view,
  isOffline,
  trans
}: {
  readonly view: ActivityView;
  readonly isOffline: boolean;
  readonly trans: TranslationBundle;
}): ReactElement {
  const { judge, enabled, dryRun, problems } = view;
  return (
    <>
      {isOffline && <p className="jp-BerthIdle-notice">{trans.__('The Jupyter server does not answer.')}</p>}
      {judge === null && (
        <p className="jp-BerthIdle-notice">{trans.__('Nobody judges yet what is idle, so nothing is stopped.')}</p>
      )}
      {judge !== null && !enabled && problems.length === 0 && (
        <p className="jp-BerthIdle-notice">{trans.__('Idle timers are switched off: nothing is stopped.')}</p>
      )}
      {dryRun && (
        <p className="jp-BerthIdle-notice">
          <strong className="jp-BerthIdle-badge">{trans.__('Dry run')}</strong>{' '}
          {trans.__('It is said what would be stopped; nothing is.')}
        </p>
      )}
      {problems.length > 0 && (
        <div className="jp-BerthError" role="alert">
          <p>{trans.__('The idle policy is wrong, so nothing is stopped:')}</p>
          <ul className="jp-BerthIdle-problems">
            {problems.map((problem, index) => (
              <li key={index}>{problem}</li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

interface IListProps extends IIdlePanelProps {
  readonly view: ActivityView;
  readonly now: number;
}

function Stops({ view, now, desk, trans, onOpen }: IListProps): ReactElement | null {
  if (view.stops.length === 0) return null;
  return (
    <>
      <h3 className="jp-BerthSection-heading">{trans.__('What was stopped')}</h3>
      <ul className="jp-BerthList" aria-label={trans.__('What was stopped')}>
        {view.stops.map(stop => (
          <StopRow key={stop.id} stop={stop} now={now} desk={desk} trans={trans} onOpen={onOpen} />
        ))}
      </ul>
    </>
  );
}

function Subjects({ view, now, desk, trans, onOpen }: IListProps): ReactElement {
  const [isAll, setAll] = useState(false);
  const sorted = bySoonest(view.judgements);
  const shown = isAll ? sorted : sorted.slice(0, MOST_ROWS);
  const hasKernel = sorted.some(({ subject }) => subject.kind === 'kernel');
  return (
    <>
      <h3 className="jp-BerthSection-heading">{trans.__('What runs')}</h3>
      {!hasKernel && <p className="jp-BerthEmpty">{trans.__('No kernels run; none can be released.')}</p>}
      <ul className="jp-BerthList" aria-label={trans.__('Idle timers')}>
        {shown.map(judgement => (
          <SubjectRow
            key={subjectKey(judgement.subject)}
            judgement={aged(judgement, view.judgedMs, now)}
            judgedMs={view.judgedMs}
            points={pointsOf(view, judgement)}
            now={now}
            chartNow={view.nowMs}
            desk={desk}
            trans={trans}
            onOpen={onOpen}
          />
        ))}
      </ul>
      {shown.length < sorted.length && (
        <button type="button" className="jp-BerthLink jp-BerthIdle-more" onClick={() => setAll(true)}>
          {trans.__('Show all %1', sorted.length)}
        </button>
      )}
    </>
  );
}

function pointsOf({ timelines }: ActivityView, { subject }: Judgement): ActivityView['timelines'][number]['points'] {
  const kernel = subject.kind === 'kernel' ? subject.id : null;
  return timelines.find(timeline => timeline.kernel === kernel)?.points ?? [];
}
