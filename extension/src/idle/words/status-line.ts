/** What the status bar says of idle timers, and of which subject. Pure. */
import type { ActivityView, Judgement } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IIdleState } from '../idle-state.js';
import { aged } from './aged.js';
import { announcementText } from './announcement.js';
import { formatSpan } from './countdown.js';
import { heldUpMs, isAnnounced, isDue, soonest, type IDue } from './due.js';
import { dueText, evidenceText, policyText, shortName, subjectName } from './idle-words.js';

/** Further ahead than this a countdown would be noise, unless it is announced. */
const NEAR_MS = 60 * 60_000;
/** A kernel rests between any two cells: nobody needs to be told of that. */
const SHORT_MS = 60_000;
/** A long name would push the time itself out of a narrow window. */
const NAME_MAX_CHARACTERS = 20;

export interface IStatusLine {
  readonly text: string;
  /** For those who rest the pointer on it, a line each. */
  readonly title: string;
  /** To be said aloud once; it is another only when something else is announced. */
  readonly announcement: string;
  /** Does it count down? */
  readonly isTicking: boolean;
  readonly judgement: Judgement;
}

/**
 * @param kernelId - Of the notebook in front; null: it has none.
 * @param nowMs - By the server's clock.
 * @returns null: there is nothing to say.
 */
export function statusLine(
  { presence, view }: IIdleState,
  kernelId: string | null,
  nowMs: number,
  { showActive, trans }: { readonly showActive: boolean; readonly trans: TranslationBundle }
): IStatusLine | null {
  if (presence !== 'live' || view === null || view.judge === null || !view.enabled) return null;
  const found = statusJudgement(view, kernelId);
  if (found === null) return null;
  const judgement = aged(found, view.judgedMs, nowMs);
  const text = textOf(judgement, view.judgedMs, nowMs, showActive, trans);
  if (text === null) return null;
  const { subject } = judgement;
  const isInFront = subject.kind === 'kernel' && subject.id === kernelId;
  return {
    text: isInFront ? text : trans.__('%1: %2', shortName(judgement, NAME_MAX_CHARACTERS, trans), text),
    title: titleOf(judgement, nowMs, trans),
    announcement: isAnnounced(judgement) ? announcementText(judgement, nowMs, trans) : '',
    isTicking: isCounting(judgement, nowMs),
    judgement
  };
}

/** What concerns the notebook in front: its kernel, or the workspace where that goes earlier; without one the soonest of all. */
export function statusJudgement({ judgements }: ActivityView, kernelId: string | null): Judgement | null {
  const own = judgements.find(({ subject }) => subject.kind === 'kernel' && subject.id === kernelId);
  if (own === undefined) return soonest(judgements) ?? null;
  return soonest(judgements.filter(it => it === own || it.subject.kind === 'workspace')) ?? own;
}

function textOf(
  judgement: Judgement,
  judgedMs: number | null,
  nowMs: number,
  showActive: boolean,
  trans: TranslationBundle
): string | null {
  if (heldUpMs(judgement, judgedMs, nowMs) !== null) {
    return judgement.next.what === 'release' ? trans.__('Release on hold') : trans.__('Stop on hold');
  }
  if (isCounting(judgement, nowMs)) return dueText(judgement, nowMs, trans);
  switch (judgement.activity) {
    case 'idle':
      return judgement.idleMs < SHORT_MS ? null : trans.__('Idle %1', formatSpan(judgement.idleMs));
    case 'unknown':
      return trans.__('Idle? Not known');
    case 'active':
      return showActive ? trans.__('In use') : null;
  }
}

/** A dry run alarms nobody. */
function isCounting(judgement: Judgement, nowMs: number): judgement is IDue {
  return (
    isDue(judgement) &&
    judgement.next.hold !== 'dry-run' &&
    (judgement.next.atMs - nowMs <= NEAR_MS || isAnnounced(judgement))
  );
}

function titleOf(judgement: Judgement, nowMs: number, trans: TranslationBundle): string {
  const evidence = judgement.signals.map(signal => evidenceText(signal, nowMs, trans));
  const lines = [subjectName(judgement, trans), ...evidence, policyText(judgement.next, trans)];
  return lines.filter(line => line !== '').join('\n');
}
