import type { ProblemList } from '../../kernels/index.js';
import type { Block } from './column-blocks.js';

/** Reports values that are none and options that are not there, by their place among all candidates. */
export function blockProblems({ candidates, firstCandidate }: Block, options: number, list: ProblemList): void {
  const { value, option } = candidates;
  for (let at = 0; at < value.length; at += 1) {
    if ((value[at] as number) < Infinity) continue;
    list.want(`value[${firstCandidate + at}]`, value[at], 'a finite number, or -Infinity where it is excluded');
    if (list.full) return;
  }
  // Where everybody has all options, they are ours.
  if (option.length !== value.length) return;
  for (let at = 0; at < option.length; at += 1) {
    if ((option[at] as number) >= 0 && (option[at] as number) < options) continue;
    list.want(`option[${firstCandidate + at}]`, option[at], `an option from 0 to ${options - 1}`);
    if (list.full) return;
  }
}
