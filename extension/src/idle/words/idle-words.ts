/** What people read of a judgement. Pure. */
import type { Judgement, SignalView } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import { formatMoment } from '../../shared/moment-text.js';
import { formatCountdown, formatSpan } from './countdown.js';
import { heldUpMs, isDue, type IDue } from './due.js';

type Next = Judgement['next'];

const JUST_NOW_MS = 2_000;

/** `In use`, `Idle for 12 min`: what is said of it now. */
export function stateText({ activity, idleMs }: Judgement, trans: TranslationBundle): string {
  switch (activity) {
    case 'active':
      return trans.__('In use');
    case 'unknown':
      return trans.__('Not known whether it is in use');
    case 'idle':
      return trans.__('Idle for %1', formatSpan(idleMs));
  }
}

/** A kernel by its notebook; the workspace by what it is. */
export function subjectName({ subject, name }: Judgement, trans: TranslationBundle): string {
  return subject.kind === 'workspace' ? trans.__('The whole workspace') : name;
}

/** As {@link subjectName}, where there is little room. */
export function shortName(judgement: Judgement, mostCharacters: number, trans: TranslationBundle): string {
  const name = subjectName(judgement, trans);
  return name.length > mostCharacters ? `${name.slice(0, mostCharacters - 1)}…` : name;
}

/** `Released in 4:32`; its time is over: what it waits for then. */
export function dueText({ next }: IDue, nowMs: number, trans: TranslationBundle): string {
  const isRelease = next.what === 'release';
  const leftMs = next.atMs - nowMs;
  if (next.hold === 'dry-run') {
    const left = formatCountdown(leftMs);
    return isRelease ? trans.__('Would be released in %1', left) : trans.__('Would be stopped in %1', left);
  }
  if (leftMs <= 0) return isRelease ? trans.__('Released at any moment') : trans.__('Stopped at any moment');
  const left = formatCountdown(leftMs);
  return isRelease ? trans.__('Released in %1', left) : trans.__('Stopped in %1', left);
}

/** What follows, in a sentence. */
export function nextText(
  judgement: Judgement,
  judgedMs: number | null,
  nowMs: number,
  trans: TranslationBundle
): string {
  const { activity, next } = judgement;
  const silentMs = heldUpMs(judgement, judgedMs, nowMs);
  if (silentMs !== null) {
    return trans.__('It stays for now: what decides on it has not answered for %1.', formatSpan(silentMs));
  }
  if (isDue(judgement)) return dueSentence(judgement, nowMs, trans);
  switch (next.hold) {
    case 'switched-off':
      return trans.__('Idle timers are switched off: nothing is stopped.');
    case 'no-limit':
      return trans.__('There is no limit: being idle is no reason to stop it.');
    case 'nobody-waits':
      return trans.__('It stays while nobody waits for what it holds.');
    case null:
    case 'dry-run':
    case 'unconfirmed':
      return activity === 'active' ? trans.__('Nothing follows while it is in use.') : trans.__('Nothing follows yet.');
  }
}

function dueSentence(judgement: IDue, nowMs: number, trans: TranslationBundle): string {
  const text = dueText(judgement, nowMs, trans);
  if (judgement.next.hold === 'dry-run') return trans.__('%1, but this is a dry run: it goes on.', text);
  if (judgement.next.atMs <= nowMs) return trans.__('%1, once a fresh look has confirmed that it is idle.', text);
  return trans.__('%1, at %2.', text, momentText(judgement.next.atMs, nowMs));
}

/** Whose limit it is and of which kind; the empty string where there is none. */
export function policyText({ limit, policyOf }: Next, trans: TranslationBundle): string {
  if (limit === null) return '';
  const whose = layerText(policyOf, trans);
  return limit === 'hard'
    ? trans.__('Hard limit, set by %1', whose)
    : trans.__('Soft limit, set by %1: it holds while somebody waits', whose);
}

export function layerText(layer: Next['policyOf'], trans: TranslationBundle): string {
  switch (layer) {
    case 'platform':
      return trans.__('the platform');
    case 'class':
      return trans.__('the compute class');
    case 'team':
      return trans.__('your team');
    case 'person':
      return trans.__('yourself');
  }
}

/** What may still be added. */
export function budgetText({ snoozeLeftMs }: Next, trans: TranslationBundle): string {
  return snoozeLeftMs > 0
    ? trans.__('Snoozes may still add %1', formatSpan(snoozeLeftMs))
    : trans.__('No snooze is left for now');
}

/** What one press adds. */
export function snoozeLabel({ snoozeStepMs, snoozeLeftMs }: Next, trans: TranslationBundle): string {
  return trans.__('Snooze %1', formatSpan(Math.min(snoozeStepMs, snoozeLeftMs)));
}

/** One piece of evidence: whether it counts, what was measured, how long ago. */
export function evidenceText({ counts, text, atMs }: SignalView, nowMs: number, trans: TranslationBundle): string {
  const ageMs = nowMs - atMs;
  const age = ageMs < JUST_NOW_MS ? trans.__('just now') : trans.__('%1 ago', formatSpan(ageMs));
  const seen = text.replace(/\.$/, '');
  return counts ? trans.__('Counts: %1 (%2)', seen, age) : trans.__('Does not count: %1 (%2)', seen, age);
}

/** To the second where minutes would not do. */
export function momentText(atMs: number, nowMs: number): string {
  if (Math.abs(atMs - nowMs) > 10 * 60_000) return formatMoment(atMs, nowMs);
  return new Date(atMs).toLocaleTimeString();
}
