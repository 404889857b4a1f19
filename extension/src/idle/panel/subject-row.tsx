/** One kernel, or the workspace: its state, what it did, what follows, and what a person can do about it. */
import type { Judgement } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactElement } from 'react';
import type { IIdleDesk } from '../idle-desk.js';
import { JudgementFacts } from '../judgement-facts.js';
import { stateText, subjectName } from '../words/idle-words.js';
import { ActivityBadge } from './activity-badge.js';
import { TimelineChart } from './timeline-chart.js';
import type { TimelinePoint } from './timeline-geometry.js';
import { WrongForm } from './wrong-form.js';

export interface ISubjectRowProps {
  readonly judgement: Judgement;
  /** When the judge was last heard of, by the server's clock; null: never. */
  readonly judgedMs: number | null;
  readonly points: readonly TimelinePoint[];
  /** By the server's clock; the chart moves on only with what it shows. */
  readonly now: number;
  readonly chartNow: number;
  readonly desk: IIdleDesk;
  readonly trans: TranslationBundle;
  readonly onOpen: (path: string) => void;
}

export function SubjectRow(props: ISubjectRowProps): ReactElement {
  const { judgement, judgedMs, points, now, chartNow, desk, trans, onOpen } = props;
  const { path, subject, activity } = judgement;
  const name = subjectName(judgement, trans);
  const report = (text: string): Promise<string> => desk.report({ subject, stopId: null, text });
  return (
    <li className="jp-BerthIdle-row" aria-label={name} data-activity={activity}>
      <div className="jp-BerthOffer-head">
        {path === null ? (
          <span className="jp-BerthOffer-title">{name}</span>
        ) : (
          <button type="button" className="jp-BerthLink jp-BerthOffer-title" title={path} onClick={() => onOpen(path)}>
            {name}
          </button>
        )}
        <ActivityBadge activity={activity} text={stateText(judgement, trans)} />
      </div>
      <TimelineChart name={name} points={points} nowMs={chartNow} trans={trans} />
      <JudgementFacts
        judgement={judgement}
        judgedMs={judgedMs}
        now={now}
        trans={trans}
        onSnooze={it => desk.snooze(it)}
      />
      <WrongForm name={name} trans={trans} onSend={report} />
    </li>
  );
}
