/** Which changes a person wants to hear about while they look at something else. Pure. */
import type { RunView } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IRunChange } from '../shared/gateway-state.js';
import { isFinal } from './run-phase.js';
import { runTitle } from './run-title.js';

/** The run that has just ended; null for every other change. A run that is new to the page has no end to report. */
export function endedRun({ before, after }: IRunChange): RunView | null {
  if (before === null || after === null) return null;
  return !isFinal(before.phase) && isFinal(after.phase) ? after : null;
}

export interface IEndMessage {
  readonly kind: 'success' | 'error' | 'info';
  readonly text: string;
}

export function endMessage(run: RunView, trans: TranslationBundle): IEndMessage {
  const title = runTitle(run);
  switch (run.phase) {
    case 'Succeeded':
      return { kind: 'success', text: trans.__('%1 has finished.', title) };
    case 'Cancelled':
      return { kind: 'info', text: trans.__('%1 was cancelled.', title) };
    default:
      return {
        kind: 'error',
        text: trans.__('%1 failed: %2', title, run.reason?.message ?? trans.__('the reason is not known.'))
      };
  }
}
