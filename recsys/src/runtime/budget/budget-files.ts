/** The files that a client fills: what each is called, holds, and how long it is. */
import type { CreateBudget } from './create-budget.js';

export interface BudgetFile {
  readonly name: string;
  readonly bytes: number;
}

export const channelCapFile = (channel: number): string => `channelCap${channel}`;

/** By name, as the protocol lists them (docs/reference/recsys-protocol.md). */
export function budgetFiles(create: CreateBudget): BudgetFile[] {
  const { people, candidates, options, limits, incidences, personCap, channels, isDense } = create;
  const file = (name: string, count: number, width: number): BudgetFile => ({ name, bytes: count * width });
  const ragged = [file('start', people + 1, 4), file('option', candidates, 4)];
  const columns = channels.flatMap(({ cap }, channel) => (cap === 'column' ? [channelCapFile(channel)] : []));
  return [
    file('value', candidates, 4),
    ...(isDense ? [] : ragged),
    file('optionStart', options + 1, 4),
    file('optionLimit', incidences, 4),
    file('optionWeight', incidences, 8),
    file('optionChannel', options, 2),
    file('cap', limits, 8),
    file('floor', limits, 8),
    ...[...(personCap === 'column' ? ['personCap'] : []), ...columns].map(name => file(name, people, 2))
  ];
}

/** What the tiles are laid from, and not needed any more once those lie in files of their own. */
export const LAID_FILES = ['value', 'start', 'option'];

export const fileBytes = (create: CreateBudget): number =>
  budgetFiles(create).reduce((sum, { bytes }) => sum + bytes, 0);
