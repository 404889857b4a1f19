/** What the Train dialog holds, and the request that it becomes. Pure. */
import type { Environment, Offer, Problem, RunSubmission } from '@berth/gateway/contract';

export type Framework = RunSubmission['framework'];

/** As typed: numbers are text until they are sent. */
export interface ITrainForm {
  readonly processes: string;
  readonly offer: string;
  readonly environment: string;
  readonly framework: Framework;
  /** Minutes; empty: no limit. */
  readonly deadlineMin: string;
  /** Seconds. */
  readonly graceS: string;
}

export type TrainField = keyof ITrainForm;

/** What is remembered of the last run of a notebook. */
export type ITrainChoice = Pick<ITrainForm, 'processes' | 'offer' | 'environment' | 'framework'>;

export const DEFAULT_GRACE_S = '20';

/**
 * The form as it opens: what was used last, as far as it still exists.
 *
 * @param processes - Wanted by the settings; more than one run can have of the offer is cut down.
 * @param environment - That of the notebook's pin or kernel, which goes before what was used last.
 */
export function initialForm(
  last: ITrainChoice | null,
  offers: readonly Offer[],
  environments: readonly Environment[],
  processes: number,
  environment: string | null = null
): ITrainForm {
  const offer = pick(offers, ({ id }) => id, last?.offer, 'cpu');
  const known = environments.some(({ name }) => name === environment) ? environment : null;
  return {
    processes: last?.processes ?? String(fitting(processes, offers, offer)),
    offer,
    environment: pick(environments, ({ name }) => name, known ?? last?.environment, 'default'),
    framework: last?.framework ?? 'torchrun',
    deadlineMin: '',
    graceS: DEFAULT_GRACE_S
  };
}

/** As many processes as are wanted, and one run can have. */
function fitting(wanted: number, offers: readonly Offer[], id: string): number {
  const most = offers.find(offer => offer.id === id)?.mostSlots ?? wanted;
  return Math.max(1, Math.min(wanted, most));
}

/** The key used last if it still exists, else the usual one, else the first there is; without any list, unchecked. */
function pick<T>(all: readonly T[], keyOf: (item: T) => string, last: string | undefined, usual: string): string {
  const keys = all.map(keyOf);
  if (keys.length === 0) return last ?? usual;
  return [last, usual].find(key => key !== undefined && keys.includes(key)) ?? keys[0]!;
}

/** The form after one field changed; one plain process is exactly one. */
export function withField(form: ITrainForm, field: TrainField, value: string): ITrainForm {
  const changed = { ...form, [field]: value };
  return changed.framework === 'process' && changed.processes !== '1' ? { ...changed, processes: '1' } : changed;
}

/** What is not even a number; everything else the gateway judges. */
export function typingProblems(form: ITrainForm): Partial<Record<TrainField, 'whole-number' | 'number'>> {
  const problems: Partial<Record<TrainField, 'whole-number' | 'number'>> = {};
  if (!/^\d{1,4}$/.test(form.processes.trim())) problems.processes = 'whole-number';
  if (form.deadlineMin.trim() !== '' && !isPositive(form.deadlineMin)) problems.deadlineMin = 'number';
  if (!/^\d{1,5}$/.test(form.graceS.trim())) problems.graceS = 'whole-number';
  return problems;
}

/** The request; only of a form without typing problems. */
export function toSubmission(form: ITrainForm, notebook: string, submissionId: string): RunSubmission {
  const submission: RunSubmission = {
    notebook,
    submissionId,
    framework: form.framework,
    processes: Number(form.processes),
    offer: form.offer,
    environment: form.environment,
    priority: 0,
    graceMs: Number(form.graceS) * 1000
  };
  if (form.deadlineMin.trim() !== '') submission.deadlineMs = Math.round(Number(form.deadlineMin) * 60_000);
  return submission;
}

const FIELD_OF: Readonly<Record<string, TrainField>> = {
  processes: 'processes',
  offer: 'offer',
  environment: 'environment',
  framework: 'framework',
  deadlineMs: 'deadlineMin',
  graceMs: 'graceS'
};

export interface ISortedProblems {
  readonly atField: Partial<Record<TrainField, string>>;
  /** Those that belong to no field here, such as cells. */
  readonly others: readonly Problem[];
}

/** Each problem at its field, the rest apart. */
export function sortProblems(problems: readonly Problem[]): ISortedProblems {
  const atField: Partial<Record<TrainField, string>> = {};
  const others: Problem[] = [];
  for (const problem of problems) {
    const field = FIELD_OF[problem.field];
    if (field === undefined) others.push(problem);
    else atField[field] = atField[field] === undefined ? problem.message : `${atField[field]} ${problem.message}`;
  }
  return { atField, others };
}

function isPositive(text: string): boolean {
  const value = Number(text);
  return Number.isFinite(value) && value > 0;
}
