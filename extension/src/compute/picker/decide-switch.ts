/** When a kernel is started on compute that is ready. Pure. */
import type { KernelView } from '@berth/gateway/contract';

export interface ISwitchFacts {
  readonly phase: KernelView['phase'];
  /** This page has asked for it: no other page acts on its own. */
  readonly isMine: boolean;
  /** The notebook has no kernel, or one that is idle and has executed nothing: nothing would be lost. */
  readonly isFresh: boolean;
}

/** `ask`: the person decides; nothing that runs or lies in variables is given up without a word. */
export function decideSwitch({ phase, isMine, isFresh }: ISwitchFacts): 'wait' | 'start' | 'ask' | 'nothing' {
  if (phase === 'Waiting') return 'wait';
  if (phase !== 'Ready') return 'nothing';
  return isMine && isFresh ? 'start' : 'ask';
}
