/** Says for people why something goes: what was measured, for how long, and whose limit it was. */
import type { KernelMemory, Tally } from './activity-memory.js';
import type { PolicyLayer } from './activity-policy.js';
import { durationInWords } from './duration-in-words.js';
import type { Goal } from './goal.js';
import type { Signal } from './judgement.js';
import { processorsInWords } from './measured-words.js';
import type { Standing } from './standing.js';

export function whyIdle(tally: Tally | KernelMemory, standing: Standing, goal: Goal): string {
  const what = standing.unseen === undefined ? whatWasSeen(tally, standing) : whatWasNot(standing.unseen);
  return `${what} ${whoseLimit(goal)}`;
}

function whatWasNot({ ms, why }: { readonly ms: number; readonly why: string }): string {
  return `For ${durationInWords(ms)} it could not be observed whether it works, and so long is over what the policy bears. ${why}`;
}

function whatWasSeen(tally: Tally | KernelMemory, { idleMs }: Standing): string {
  const idle = durationInWords(idleMs);
  if (!('quietMs' in tally)) return `For ${idle} no kernel and no other process has worked, and nobody typed.`;
  const has = (signal: Signal): boolean => tally.signals.some(one => one.signal === signal);
  const cpu = tally.mostCpu === null ? '' : ` The kernel used at most ${processorsInWords(tally.mostCpu)}.`;
  const gpu = has('gpu-unknown')
    ? ' How much it used its GPU cannot be measured.'
    : has('gpu')
      ? ' It did not use its GPU.'
      : '';
  if (has('dead')) return `The kernel is dead, and nothing of it has worked for ${idle}.`;
  if (has('silent-busy'))
    return `A cell has been running for more than ${durationInWords(tally.quietMs)}, and nothing that it does could be measured.${cpu}${gpu}`;
  if (has('waits-input'))
    return `A cell waits for somebody to answer its input(), and nobody has typed for ${idle}.${cpu}${gpu}`;
  return `No cell has run for ${idle}, and nobody typed in its notebook.${cpu}${gpu}`;
}

const WHOSE: Readonly<Record<PolicyLayer, string>> = {
  platform: 'the platform',
  class: 'the class of its compute',
  team: 'the team',
  person: 'the person whom it belongs to'
};

function whoseLimit({ limit, limitMs, policyOf }: Goal): string {
  const over = `limit of ${durationInWords(limitMs)} that ${WHOSE[policyOf]} has set is over.`;
  return limit === 'soft' ? `Somebody waits for what it holds, and the ${over}` : `The ${over}`;
}
