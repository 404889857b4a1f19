/** What makes sense to do about a notebook's environment now. Pure. */
import type { IJudgement } from '../drift/judge.js';

export type NotebookAction = 'new' | 'unpin' | 'pin-kernel' | 'pin' | 'choose' | 'restore';

export interface IActionFacts {
  readonly isPinned: boolean;
  /** What the kernel has is known. */
  readonly hasFacts: boolean;
  /** The environment that Berth started the kernel in. */
  readonly kernelEnvironment: string | null;
}

/** The last one is what most people want then. */
export function notebookActions(judgement: IJudgement, facts: IActionFacts): NotebookAction[] {
  return facts.isPinned ? pinnedActions(judgement, facts) : unpinnedActions(facts);
}

function unpinnedActions({ hasFacts, kernelEnvironment }: IActionFacts): NotebookAction[] {
  if (kernelEnvironment !== null) return ['new', 'choose', 'pin'];
  return hasFacts ? ['new', 'choose', 'pin-kernel'] : ['new', 'choose'];
}

function pinnedActions({ standing }: IJudgement, { hasFacts }: IActionFacts): NotebookAction[] {
  switch (standing) {
    case 'drift':
    case 'restore':
      return hasFacts ? ['unpin', 'pin-kernel', 'restore'] : ['unpin', 'restore'];
    case 'unusable':
      return hasFacts ? ['new', 'unpin', 'pin-kernel'] : ['new', 'unpin'];
    case 'checking':
    case 'restoring':
      return ['unpin'];
    default:
      return ['new', 'unpin', 'choose'];
  }
}
