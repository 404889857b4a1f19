/** Finds out what would become of a request for a kernel, and says it in words: now, wait, or never. */
import { planVerdict, requestProblems } from '@berth/operator/plan';
import type { Capacity, QueueEntry, RequestProblem, RunRequest, Verdict as PlannedVerdict } from '@berth/operator/plan';
import { isPlatformError } from '../../../contract/index.js';
import type { Environment, KernelRequest, Offer, Verdict } from '../../../contract/index.js';
import { pathProblem } from '../entry-path.js';
import type { RunEnvironments } from '../ports.js';
import { strangerWarnings } from '../stranger-warnings.js';
import type { Finding } from '../submission-check.js';
import { blockedNames } from '../verdict-view.js';
import { CPU } from './kernel-claims.js';
import { computeWords } from './kernel-view.js';

/** The queue as the one who asks would find it. */
export interface KernelSight {
  readonly capacities: readonly Capacity[];
  /** Without what this request would replace. */
  readonly entries: readonly QueueEntry[];
  /** The devices that it takes over from the kernel that it replaces, and those that it would get now besides. */
  readonly inherited: readonly string[];
  readonly picked: readonly string[];
  readonly offers: readonly Offer[];
}

export interface CheckedKernel {
  readonly findings: readonly Finding[];
  readonly planned: PlannedVerdict;
  /** Absent where there is none of this name. */
  readonly environment?: Environment;
}

/** Looks at all that a kernel needs. Nothing is changed. */
export async function checkKernel(
  environments: Pick<RunEnvironments, 'get'>,
  request: KernelRequest,
  sight: KernelSight
): Promise<CheckedKernel> {
  const findings: Finding[] = [];
  const problem = pathProblem(request.notebook);
  if (problem !== undefined) findings.push({ code: 'invalid-input', field: 'notebook', message: problem });
  const planned = plannedFor(request, sight);
  if (planned.verdict === 'never')
    findings.push(...planned.reasons.map(reason => requestFinding(reason, request, sight)));
  try {
    return { findings, planned, environment: await environments.get(request.environment) };
  } catch (error: unknown) {
    if (!isPlatformError(error)) throw error;
    findings.push({ code: error.code, field: 'environment', message: error.message });
    return { findings, planned };
  }
}

/** What keeps it from being claimed now: for an environment nobody waits in line. */
export function claimFindings({ findings, environment }: CheckedKernel): Finding[] {
  const message = environment && environmentProblem(environment);
  return message === undefined ? [...findings] : [...findings, { code: 'conflict', field: 'environment', message }];
}

/** The verdict in words. It is about the compute: an environment can be made first, whatever else there is to wait for. */
export function kernelVerdictView(request: KernelRequest, checked: CheckedKernel, sight: KernelSight): Verdict {
  const { findings, planned, environment } = checked;
  const verdict = findings.length > 0 ? 'never' : planned.verdict;
  const devices = verdict === 'now' ? [...sight.inherited, ...sight.picked] : [];
  return {
    verdict,
    message: findings[0]?.message ?? messageOf(request, checked, sight),
    position: verdict === 'wait' && planned.verdict === 'wait' ? planned.position : null,
    problems: findings.map(({ field, message }) => ({ field, message })),
    warnings: [...environmentWarnings(environment), ...strangerWarnings(sight.offers, devices)],
    bundle: null
  };
}

type Wanted = Pick<KernelRequest, 'environment' | 'offer' | 'count'>;

/** Two tabs ask for the same. */
export function isSameRequest(a: Wanted, b: Wanted): boolean {
  return a.environment === b.environment && a.offer === b.offer && a.count === b.count;
}

/** Since when somebody stands in line who now wants something else: who wants no more of the same offer does not lose it. */
export function placeInLine(
  before: (Wanted & { readonly claimedAtMs: number }) | undefined,
  now: Wanted
): number | undefined {
  return before?.offer === now.offer && now.count <= before.count ? before.claimedAtMs : undefined;
}

/** What a person reads when a kernel cannot be started in an environment; undefined: it can. */
export function environmentProblem({ name, state }: Environment): string | undefined {
  if (state === 'ready') return undefined;
  if (state === 'creating') return `The environment ${name} is still being made; wait until it is ready.`;
  return `The environment ${name} is not on this machine; make or repair it in the Berth panel.`;
}

function environmentWarnings(environment: Environment | undefined): string[] {
  if (environment === undefined || environment.state === 'ready') return [];
  const { name, state, message } = environment;
  if (state === 'creating') return [`The environment ${name} is being made; the kernel can start when it is ready.`];
  const why = state === 'failed' ? ` again (it failed: ${message})` : '';
  return [`The environment ${name} has to be made first${why}, which may take some minutes.`];
}

/** Kernels on the processors share them, so there is nothing to wait for; nor for what is taken over in full. */
function plannedFor(request: KernelRequest, { capacities, entries, inherited }: KernelSight): PlannedVerdict {
  const reasons = requestProblems(runRequestOf(request.offer, request.count), capacities);
  if (reasons.length > 0) return { verdict: 'never', reasons };
  const more = request.count - inherited.length;
  if (request.offer === CPU || more <= 0) return { verdict: 'now' };
  return planVerdict(runRequestOf(request.offer, more), capacities, entries);
}

/** What the plan knows it as: whose process uses how many slots makes no difference to the queue. */
function runRequestOf(offer: string, processes: number): RunRequest {
  return { framework: 'torchrun', processes, offer, priority: 0, graceMs: 0, retry: {} };
}

function requestFinding(reason: RequestProblem, { offer, count }: KernelRequest, sight: KernelSight): Finding {
  if (reason.field !== 'processes') return { code: 'never-fits', field: reason.field, message: reason.message };
  const capacity = sight.capacities.find(one => one.offer === offer);
  const most = Math.min(capacity?.slots ?? 0, capacity?.mostSlots ?? Infinity);
  const [unit, title] = offer === CPU ? ['processor cores', 'this machine'] : ['slots', titleOf(offer, sight)];
  const message = `A kernel may have at most ${most} of the ${unit} of ${title}, not ${count}.`;
  return { code: 'never-fits', field: 'count', message };
}

function titleOf(offer: string, { offers }: KernelSight): string {
  return offers.find(({ id }) => id === offer)?.title ?? offer;
}

function messageOf(
  { offer, count }: KernelRequest,
  { planned, environment }: CheckedKernel,
  sight: KernelSight
): string {
  const what = offer === CPU ? 'the processors' : computeWords(count, titleOf(offer, sight));
  if (planned.verdict !== 'wait') {
    return `Starts ${environment?.state === 'ready' ? 'at once' : 'when its environment is made'}: ${what}.`;
  }
  const others = blockedNames(planned.blockedBy);
  const by = others === '' ? '' : `, ${planned.blockedBy?.length} of them by ${others}`;
  return `Waits for ${what}, place ${planned.position} in line: ${planned.slotsInUse} of ${planned.slots} are in use${by}.`;
}
