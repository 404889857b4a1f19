/** What people read of something that was stopped. Pure. */
import type { ActivityView } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import { momentText } from './idle-words.js';

export type ActivityStop = ActivityView['stops'][number];

/** What and when. */
export function stopTitle({ subject, name, atMs }: ActivityStop, nowMs: number, trans: TranslationBundle): string {
  const at = momentText(atMs, nowMs);
  return subject.kind === 'kernel'
    ? trans.__('The kernel of %1 was released at %2', name, at)
    : trans.__('The workspace was stopped at %1', at);
}

export interface IKept {
  /** The environment that it comes back in; null: not one of Berth's. */
  readonly environment: string | null;
  /** The compute that the notebook wishes for, for people; null: none. */
  readonly compute: string | null;
}

/** What is as it was. */
export function keptText({ environment, compute }: IKept, trans: TranslationBundle): string {
  const parts = [
    trans.__('the notebook with its outputs and all files'),
    environment === null ? '' : trans.__('the environment %1', environment),
    compute === null ? '' : trans.__('the wish for %1', compute)
  ];
  return trans.__('Kept: %1.', parts.filter(part => part !== '').join(', '));
}

/** What is not there any more, plainly. */
export function goneText(trans: TranslationBundle): string {
  return trans.__('Gone: all variables of the kernel. Cells have to be run again to have them back.');
}
