/** What stands behind the countdown in the status bar: evidence, policy, and more time. */
import type { Judgement } from '@berth/gateway/contract';
import { Popup } from '@jupyterlab/statusbar';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Widget } from '@lumino/widgets';
import { useEffect, useRef, type ReactElement } from 'react';
import type { IIdleDesk } from '../idle-desk.js';
import type { IIdleModel } from '../idle-model.js';
import { JudgementFacts } from '../judgement-facts.js';
import { judgementOf } from '../subject-key.js';
import { useIdleState, useServerNow } from '../use-idle.js';
import { aged } from '../words/aged.js';
import { stateText, subjectName } from '../words/idle-words.js';
import { statusJudgement } from '../words/status-line.js';

export interface IIdlePopupProps {
  readonly model: IIdleModel;
  readonly desk: IIdleDesk;
  readonly kernelId: string | null;
  readonly trans: TranslationBundle;
  readonly onShowAll: () => void;
}

export function IdlePopup({ model, desk, kernelId, trans, onShowAll }: IIdlePopupProps): ReactElement {
  const state = useIdleState(model);
  const now = useServerNow(state, true);
  const body = useRef<HTMLDivElement>(null);
  const subject = useRef<Judgement['subject'] | null>(null);
  useEffect(() => body.current?.focus(), []);
  const { view } = state;
  // The same subject as long as it is open, though another may be due earlier meanwhile.
  subject.current ??= (view && statusJudgement(view, kernelId))?.subject ?? null;
  const judgement = subject.current && view ? judgementOf(view.judgements, subject.current) : undefined;
  return (
    <div ref={body} className="jp-BerthIdlePopup" role="dialog" aria-label={trans.__('Idle timer')} tabIndex={-1}>
      {judgement === undefined ? (
        <p className="jp-BerthIdle-note">{trans.__('Its kernel is gone.')}</p>
      ) : (
        <About judgement={judgement} judgedMs={view?.judgedMs ?? null} now={now} desk={desk} trans={trans} />
      )}
      <button type="button" className="jp-BerthLink" onClick={onShowAll}>
        {trans.__('All idle timers')}
      </button>
    </div>
  );
}

interface IAboutProps extends Pick<IIdlePopupProps, 'desk' | 'trans'> {
  readonly judgement: Judgement;
  readonly judgedMs: number | null;
  readonly now: number;
}

function About({ judgement, judgedMs, now, desk, trans }: IAboutProps): ReactElement {
  return (
    <>
      <h3 className="jp-BerthIdle-name">{subjectName(judgement, trans)}</h3>
      <p className="jp-BerthIdle-note">{stateText(aged(judgement, judgedMs, now), trans)}</p>
      <JudgementFacts
        judgement={judgement}
        judgedMs={judgedMs}
        now={now}
        trans={trans}
        onSnooze={it => desk.snooze(it)}
      />
    </>
  );
}

export interface IOpenIdlePopupOptions extends Omit<IIdlePopupProps, 'onShowAll'> {
  readonly anchor: Widget;
  readonly onShowAll: () => void;
}

/** Closed by Escape, a click elsewhere, or the way to all timers. */
export function openIdlePopup({ anchor, onShowAll, ...props }: IOpenIdlePopupOptions): Popup {
  const showAll = (): void => {
    popup.dispose();
    onShowAll();
  };
  const body = ReactWidget.create(<IdlePopup {...props} onShowAll={showAll} />);
  const popup = new Popup({ body, anchor, align: 'right', hasDynamicSize: true });
  popup.launch();
  return popup;
}
