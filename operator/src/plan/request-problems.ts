/** Decides whether a request can be met at all, whoever else is there; finds every problem at once. */
import { isRetryable } from './plan-retry.js';
import { capacityOf, mostSlotsOf } from './plan-queue.js';
import type { Capacity, Cause, RunRequest } from './run.js';

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** The ranges that a platform accepts. */
export interface RequestLimits {
  readonly graceMs: Range;
  readonly deadlineMs: Range;
  /** Of each count in a retry policy. */
  readonly retries: Range;
  readonly priority: Range;
}

export const DEFAULT_LIMITS: RequestLimits = {
  graceMs: { min: 0, max: 600_000 },
  deadlineMs: { min: 1_000, max: 2_592_000_000 },
  retries: { min: 0, max: 100 },
  priority: { min: -1_000, max: 1_000 }
};

/** Codes are stable; messages are for people. */
export const REQUEST_PROBLEM_CODES = [
  'processes-too-few',
  'processes-too-many',
  'processes-for-framework',
  'offer-unknown',
  'out-of-range',
  'retry-unsupported'
] as const;
export type RequestProblemCode = (typeof REQUEST_PROBLEM_CODES)[number];

/** What is wrong, in which field, and what would be right. */
export interface RequestProblem {
  readonly code: RequestProblemCode;
  /** Path in the request, e.g. `processes` or `retry.Preempted`. */
  readonly field: string;
  readonly message: string;
}

/** Every reason why this request can never run here; empty: it can. */
export function requestProblems(
  request: RunRequest,
  capacities: readonly Capacity[],
  limits: RequestLimits = DEFAULT_LIMITS
): RequestProblem[] {
  return [
    ...offerProblems(request, capacities),
    ...processProblems(
      request,
      isOffered(request.offer, capacities) ? capacityOf(request.offer, capacities) : undefined
    ),
    ...rangeProblems('graceMs', request.graceMs, limits.graceMs),
    ...(request.deadlineMs === undefined ? [] : rangeProblems('deadlineMs', request.deadlineMs, limits.deadlineMs)),
    ...rangeProblems('priority', request.priority, limits.priority),
    ...retryProblems(request.retry, limits.retries)
  ];
}

function offerProblems({ offer }: RunRequest, capacities: readonly Capacity[]): RequestProblem[] {
  if (isOffered(offer, capacities)) return [];
  const known = capacities.map(capacity => capacity.offer).join(', ');
  const right = known === '' ? 'it offers nothing now' : `it offers: ${known}`;
  return [{ code: 'offer-unknown', field: 'offer', message: `This platform does not offer "${offer}"; ${right}.` }];
}

function isOffered(offer: string, capacities: readonly Capacity[]): boolean {
  return capacities.some(capacity => capacity.offer === offer);
}

/** `capacity` is undefined where the offer is unknown, which is a problem of its own. */
function processProblems(request: RunRequest, capacity: Capacity | undefined): RequestProblem[] {
  const { framework, processes } = request;
  const field = 'processes';
  const most = capacity && mostSlotsOf(capacity);
  const right = askFor(framework === 'process' ? 1 : most);
  if (!Number.isInteger(processes) || processes < 1) {
    return [{ code: 'processes-too-few', field, message: `${processes} is not a number of processes; ${right}.` }];
  }
  const problems: RequestProblem[] = [];
  if (capacity !== undefined && most !== undefined && processes > most) {
    problems.push({ code: 'processes-too-many', field, message: `${tooMany(capacity, most)}; ${right}.` });
  }
  if (framework === 'process' && processes !== 1) {
    const message = `The framework "process" starts exactly 1 process, not ${processes}; ask for 1, or use torchrun.`;
    problems.push({ code: 'processes-for-framework', field, message });
  }
  return problems;
}

function tooMany({ offer, slots }: Capacity, most: number): string {
  if (most === slots) return `This machine offers ${slots} ${slots === 1 ? 'process' : 'processes'} on ${offer}`;
  return most === 1 ? `One process cannot use two of ${offer}` : `Nobody may have more than ${most} of ${offer}`;
}

function askFor(most: number | undefined): string {
  if (most === undefined) return 'ask for 1 or more';
  if (most < 1) return 'choose another offer';
  return most === 1 ? 'ask for 1' : `ask for 1 to ${most}`;
}

function rangeProblems(field: string, value: number, { min, max }: Range): RequestProblem[] {
  if (Number.isInteger(value) && value >= min && value <= max) return [];
  return [{ code: 'out-of-range', field, message: `${field} is ${value}; want an integer from ${min} to ${max}.` }];
}

function retryProblems(retry: RunRequest['retry'], range: Range): RequestProblem[] {
  return Object.entries(retry).flatMap(([cause, count]): RequestProblem[] => {
    const field = `retry.${cause}`;
    if (isRetryable(cause as Cause)) return rangeProblems(field, count, range);
    return [{ code: 'retry-unsupported', field, message: `A run is never retried after ${cause}; leave it out.` }];
  });
}
