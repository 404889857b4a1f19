/** What the picker in a notebook's toolbar says. Pure. */
import type { Offer } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import { amountText, shortText, type IAmount } from '../compute-words.js';
import { heldAmount, type INotebookFacts } from './notebook-facts.js';
import { isGranted, wishProblem, type IWish } from './wish.js';

/** What is being done for a notebook just now. */
export type Step =
  | { readonly kind: 'idle' }
  | { readonly kind: 'making'; readonly environment: string; readonly progress: number | null }
  | { readonly kind: 'claiming' }
  | { readonly kind: 'starting' };

export interface IPickerLabel {
  readonly text: string;
  /** The whole story. */
  readonly title: string;
}

export function pickerLabel(
  facts: INotebookFacts,
  step: Step,
  offers: readonly Offer[],
  trans: TranslationBundle
): IPickerLabel {
  const title = [trans.__('Compute and environment of this notebook'), ...story(facts, offers, trans)].join('\n');
  return { text: stepText(step, trans) ?? claimText(facts, trans) ?? kernelText(facts, offers, trans), title };
}

/** `40 %`; nothing where it is not known. */
export function percentText(progress: number | null): string {
  return progress === null ? '' : `${Math.floor(Math.min(1, Math.max(0, progress)) * 100)} %`;
}

function stepText(step: Step, trans: TranslationBundle): string | null {
  switch (step.kind) {
    case 'making': {
      const percent = percentText(step.progress);
      return percent === ''
        ? trans.__('Making %1', step.environment)
        : trans.__('Making %1 · %2', step.environment, percent);
    }
    case 'claiming':
      return trans.__('Asking for compute…');
    case 'starting':
      return trans.__('Starting the kernel…');
    case 'idle':
      return null;
  }
}

function claimText({ claim }: INotebookFacts, trans: TranslationBundle): string | null {
  if (claim === null) return null;
  if (claim.phase === 'Ready') return trans.__('Ready');
  return claim.position === null ? trans.__('Waiting') : trans.__('Waiting · place %1', claim.position);
}

function kernelText(facts: INotebookFacts, offers: readonly Offer[], trans: TranslationBundle): string {
  const { kernel, wish } = facts;
  const has = heldAmount(facts);
  if (kernel !== null && has === null) return trans.__('%1 · not managed by Berth', kernel.title);
  const now = has === null ? trans.__('No kernel') : amountText(offers, has);
  if (wish === null || isSatisfied(wish, has)) return now;
  return trans.__('%1 · wants %2', now, shortText(offers, wish));
}

function story(facts: INotebookFacts, offers: readonly Offer[], trans: TranslationBundle): string[] {
  const { kernel, environment, claim, wish } = facts;
  const has = heldAmount(facts);
  const lines: string[] = [];
  if (has !== null && environment !== null) {
    lines.push(trans.__('It has %1 in environment %2.', amountText(offers, has), environment));
  } else if (kernel !== null) {
    lines.push(trans.__('Its kernel %1 was not started by Berth, so nothing is known of its compute.', kernel.title));
  }
  if (claim !== null) {
    const wanted = amountText(offers, claim);
    lines.push(
      claim.phase === 'Ready' ? trans.__('%1 is ready for it.', wanted) : trans.__('It waits for %1.', wanted)
    );
  }
  const problem = wish === null ? null : wishText(facts, offers, trans);
  if (problem !== null) lines.push(problem);
  return lines;
}

/** Processors are there for any kernel, also for the one that is not there yet. */
function isSatisfied(wish: IWish, has: IAmount | null): boolean {
  return has === null ? wish.offer === 'cpu' : isGranted(wish, has);
}

/** Why the notebook has not what it wishes for; null when it has, waits for it, or wishes for nothing. */
export function wishText(facts: INotebookFacts, offers: readonly Offer[], trans: TranslationBundle): string | null {
  const { wish, claim } = facts;
  const has = heldAmount(facts);
  if (wish === null || isSatisfied(wish, has)) return null;
  if (claim !== null && isGranted(wish, claim)) return null;
  const wanted = amountText(offers, wish);
  switch (wishProblem(wish, offers)) {
    case 'unknown':
      return trans.__('The notebook wants %1, which this machine does not have.', wanted);
    case 'too-many':
      return trans.__('The notebook wants %1, which is more than one kernel can have on this machine.', wanted);
    case null:
      return trans.__('The notebook wants %1. Nothing is taken until you press Apply.', wanted);
  }
}
