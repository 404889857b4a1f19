/** What a judgement rests on, what follows and by whose limit, and how it is put off. */
import type { Judgement, Subject } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import { useState, type ReactElement } from 'react';
import { canSnooze, isDue } from './words/due.js';
import { budgetText, evidenceText, nextText, policyText, snoozeLabel, subjectName } from './words/idle-words.js';

export interface IJudgementFactsProps {
  readonly judgement: Judgement;
  /** When the judge was last heard of, by the server's clock; null: never. */
  readonly judgedMs: number | null;
  /** By the server's clock. */
  readonly now: number;
  readonly trans: TranslationBundle;
  /** Resolves when the answer is there. */
  readonly onSnooze: (subject: Subject) => Promise<void>;
}

export function JudgementFacts({ judgement, judgedMs, now, trans, onSnooze }: IJudgementFactsProps): ReactElement {
  const policy = policyText(judgement.next, trans);
  return (
    <>
      <p className="jp-BerthIdle-next">{nextText(judgement, judgedMs, now, trans)}</p>
      <Evidence judgement={judgement} now={now} trans={trans} />
      {policy !== '' && <p className="jp-BerthIdle-note">{policy}.</p>}
      {isDue(judgement) && judgement.next.hold !== 'dry-run' && (
        <SnoozeLine judgement={judgement} trans={trans} onSnooze={onSnooze} />
      )}
    </>
  );
}

function Evidence({ judgement, now, trans }: Pick<IJudgementFactsProps, 'judgement' | 'now' | 'trans'>): ReactElement {
  const { signals } = judgement;
  if (signals.length === 0) {
    return <p className="jp-BerthIdle-note">{trans.__('Nothing was seen that would keep it in use.')}</p>;
  }
  return (
    <ul className="jp-BerthIdle-evidence" aria-label={trans.__('Evidence')}>
      {signals.map((signal, index) => (
        <li key={index} data-counts={signal.counts}>
          {evidenceText(signal, now, trans)}
        </li>
      ))}
    </ul>
  );
}

function SnoozeLine({
  judgement,
  trans,
  onSnooze
}: Pick<IJudgementFactsProps, 'judgement' | 'trans' | 'onSnooze'>): ReactElement {
  const [isAsking, setAsking] = useState(false);
  const snooze = async (): Promise<void> => {
    if (isAsking) return;
    setAsking(true);
    await onSnooze(judgement.subject);
    setAsking(false);
  };
  const label = snoozeLabel(judgement.next, trans);
  return (
    <p className="jp-BerthIdle-snooze">
      {canSnooze(judgement) && (
        <button
          type="button"
          className="jp-mod-styled jp-mod-minimal jp-BerthButton"
          aria-disabled={isAsking} // a button that is disabled loses the focus, and with it Escape in a popup
          aria-label={trans.__('%1: %2', label, subjectName(judgement, trans))}
          onClick={() => void snooze()}
        >
          {label}
        </button>
      )}
      <span className="jp-BerthIdle-note">{budgetText(judgement.next, trans)}.</span>
    </p>
  );
}
