/** Reads what is not laid in tiles: the limits, what counts against them, and the caps of people. All that is wrong is said at once. */
import type { Cap, Limits, Options, Problem } from '../../kernels/budget/problem.js';
import { ProblemList } from '../../kernels/index.js';
import { readNumbers } from '../whole-file.js';
import { channelCapFile } from './budget-files.js';
import type { CreateBudget } from './create-budget.js';
import { refusalOf } from './refusal.js';

/** @throws RuntimeError `invalid-input` naming all that is wrong */
export async function readProblem(folder: string, create: CreateBudget): Promise<Problem> {
  const { options: count, limits: limitCount, incidences, people } = create;
  const limits: Limits = {
    cap: await readNumbers(folder, 'cap', new Float64Array(limitCount)),
    floor: await readNumbers(folder, 'floor', new Float64Array(limitCount))
  };
  const options: Options = {
    start: await readNumbers(folder, 'optionStart', new Uint32Array(count + 1)),
    limit: await readNumbers(folder, 'optionLimit', new Uint32Array(incidences)),
    weight: await readNumbers(folder, 'optionWeight', new Float64Array(incidences)),
    channel: await readNumbers(folder, 'optionChannel', new Uint16Array(count))
  };
  const cap = async (given: number | null | 'column', file: string): Promise<Cap> =>
    given === 'column' ? readNumbers(folder, file, new Uint16Array(people)) : (given ?? Infinity);
  // Where channels have no caps, all options are of one.
  const channels = create.channels.length > 0 ? create.channels : [{ cap: null, counted: true }];
  const caps = [];
  for (const [channel, given] of channels.entries()) {
    caps.push({ cap: await cap(given.cap, channelCapFile(channel)), isCounted: given.counted });
  }
  const problem = { limits, options, caps: { person: await cap(create.personCap, 'personCap'), channels: caps } };
  const list = new ProblemList();
  limitProblems(limits, list);
  optionProblems(options, { limits: limitCount, channels: channels.length }, list);
  if (list.problems.length > 0) throw refusalOf(list.problems);
  return problem;
}

/** Reports what cannot be limits. */
export function limitProblems({ cap, floor }: Limits, list: ProblemList): void {
  for (let limit = 0; limit < cap.length && !list.full; limit += 1) {
    const [most, least] = [cap[limit] as number, floor[limit] as number];
    if (!(most >= 0)) list.want(`cap[${limit}]`, most, 'a number from 0 on, Infinity for none');
    if (!(least >= 0 && least < Infinity)) list.want(`floor[${limit}]`, least, 'a finite number from 0 on');
    else if (least > most) list.want(`floor[${limit}]`, least, `at most the cap, ${most}`);
  }
}

/** Beyond these, sums of weights and what is lost for each are no numbers any more. */
const WEIGHTS = { least: 1e-100, most: 1e100 } as const;

interface Counts {
  readonly limits: number;
  readonly channels: number;
}

function optionProblems(options: Options, counts: Counts, list: ProblemList): void {
  const { start, limit, channel } = options;
  channel.forEach((own, option) => {
    if (own >= counts.channels)
      list.want(`optionChannel[${option}]`, own, `a channel from 0 to ${counts.channels - 1}`);
  });
  const isRising = start.every((from, at) => at === 0 || from >= (start[at - 1] as number));
  if (start[0] === 0 && start.at(-1) === limit.length && isRising) incidenceProblems(options, counts, list);
  else list.report('optionStart', `does not rise from 0 to ${limit.length}, the number of incidences`);
}

function weightProblem(weight: number): string | undefined {
  if (!(weight > 0 && weight < Infinity)) return 'a finite number above 0';
  return weight >= WEIGHTS.least && weight <= WEIGHTS.most ? undefined : `from ${WEIGHTS.least} to ${WEIGHTS.most}`;
}

function incidenceProblems({ start, limit, weight }: Options, { limits }: Counts, list: ProblemList): void {
  const seen = new Int32Array(limits).fill(-1);
  let option = 0;
  for (let at = 0; at < limit.length && !list.full; at += 1) {
    while (at >= (start[option + 1] as number)) option += 1;
    const [own, counted] = [limit[at] as number, weight[at] as number];
    if (own >= limits) list.want(`optionLimit[${at}]`, own, `a limit, less than ${limits}`);
    else if (seen[own] === option) list.want(`optionLimit[${at}]`, own, 'each limit of an option once');
    else seen[own] = option;
    const wrong = weightProblem(counted);
    if (wrong !== undefined) list.want(`optionWeight[${at}]`, counted, wrong);
  }
}
