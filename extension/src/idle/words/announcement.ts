/** What is said when a stop is announced. Pure. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { formatSpan } from './countdown.js';
import type { IDue } from './due.js';
import { layerText, momentText, shortName } from './idle-words.js';

/** Lab cuts a notification, and the time has to be in it. */
const NAME_MAX_CHARACTERS = 22;

/** What goes and when. It names the moment, not how long that still is: it stands as it was written. */
export function announcementText(judgement: IDue, nowMs: number, trans: TranslationBundle): string {
  const at = momentText(judgement.next.atMs, nowMs);
  const name = shortName(judgement, NAME_MAX_CHARACTERS, trans);
  return judgement.next.what === 'release'
    ? trans.__('%1: its kernel is released at %2.', name, at)
    : trans.__('%1 is stopped at %2.', name, at);
}

/** Why, in as few words as a notification has room for. */
export function reasonText({ activity, idleMs, next }: IDue, trans: TranslationBundle): string {
  const seen =
    activity === 'idle'
      ? trans.__('Nothing was used for %1.', formatSpan(idleMs))
      : trans.__('What it does could not be seen for long.');
  if (next.limit === null) return seen;
  const whose = layerText(next.policyOf, trans);
  const limit =
    next.limit === 'hard' ? trans.__('Hard limit, set by %1.', whose) : trans.__('Somebody waits: limit of %1.', whose);
  return `${seen} ${limit}`;
}
