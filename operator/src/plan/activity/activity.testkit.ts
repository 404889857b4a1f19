/** Readings as an agent would make them, and a judge that hears them one by one. */
import { CLUSTER_POLICY, type ActivityPolicy, type PolicyLayer, type PolicyPart } from './activity-policy.js';
import type { Evidence, KernelEvidence, ProcessEvidence, Reading } from './evidence.js';
import type { Judgement, Signal, Subject } from './judgement.js';
import { mergePolicies, type MergedPolicy } from './merge-policies.js';
import { planActivity, type ActivityInput, type ActivityPlan, type Due } from './plan-activity.js';

/** When all of it begins, and how often the agent looks. */
export const START_T = 1_700_000_000;
export const EVERY_S = 15;
export const WORKSPACE: Subject = { kind: 'workspace' };
export const KERNEL: Subject = { kind: 'kernel', id: 'k' };

/** A kernel that waits for its next cell; its process has used 10 s. */
export function kernel(changes: Partial<KernelEvidence> = {}): KernelEvidence {
  return {
    id: 'k',
    state: 'idle',
    path: 'train.ipynb',
    name: 'train.ipynb',
    cpu_s: 10,
    executions: 3,
    waits_input: false,
    input_t: null,
    gpu: 'none',
    gpu_util: null,
    gpu_mem_mib: null,
    ...changes
  };
}

export function process(changes: Partial<ProcessEvidence> = {}): ProcessEvidence {
  return { id: '77:1', program: 'python', kernel: null, terminal: null, cpu_s: 5, io_bytes: 0, ...changes };
}

export function evidence(changes: Partial<Evidence> = {}): Evidence {
  return { kernels: [kernel()], processes: [], terminals: [], input_t: null, tabs: 1, leases: [], ...changes };
}

/** `at` seconds after the start. */
export function seen(at: number, changes: Partial<Evidence> = {}): Reading {
  return { t: START_T + at, evidence: evidence(changes) };
}

export function failed(at: number, why = 'no such process'): Reading {
  return { t: START_T + at, failed: why };
}

/** Looks that see the same, every 15 s from `from` to `to`. */
export function same(from: number, to: number, changes: Partial<Evidence> = {}): Reading[] {
  const count = Math.floor((to - from) / EVERY_S) + 1;
  return Array.from({ length: count }, (_, index) => seen(from + index * EVERY_S, changes));
}

export function policies(part: PolicyPart = {}, layer: PolicyLayer = 'platform'): MergedPolicy {
  return mergePolicies(CLUSTER_POLICY, [{ layer, part }]);
}

/** A policy of seconds: a kernel goes after 10 min, a workspace after 20 min, 2 min after it was announced. */
export const SHORT: PolicyPart = {
  kernel: { softSeconds: 300, hardSeconds: 600 },
  workspace: { softSeconds: 600, hardSeconds: 1_200 },
  warnSeconds: 120
} satisfies Partial<ActivityPolicy>;

export const NOBODY_WAITS: ActivityInput['waiting'] = { workspace: false, kernels: new Set() };
export const SOMEBODY_WAITS: ActivityInput['waiting'] = { workspace: true, kernels: new Set(['k']) };

export function input(changes: Partial<ActivityInput> = {}): ActivityInput {
  const readings = changes.readings ?? [];
  const last = readings.at(-1)?.t ?? START_T;
  return {
    memory: undefined,
    readings,
    readEveryMs: EVERY_S * 1000,
    policies: policies(SHORT),
    waiting: NOBODY_WAITS,
    snoozes: [],
    nowMs: Math.round(last * 1000),
    ...changes
  };
}

export function judgementOf(plan: ActivityPlan, subject: Subject = KERNEL): Judgement {
  const found = plan.judgements.find(
    one => one.subject.kind === subject.kind && (subject.kind === 'workspace' || 'id' in one.subject)
  );
  if (found === undefined) throw new Error(`nothing is said of the ${subject.kind}`);
  return found;
}

/** So many seconds after the start, by the judge's clock. */
export function at(seconds: number): number {
  return (START_T + seconds) * 1000;
}

/** When it was announced, in seconds after the start. */
export function announcedAt(plans: readonly ActivityPlan[], kind: Subject['kind'] = 'kernel'): number[] {
  return plans.flatMap(({ announced, judgements }) =>
    announced
      .filter(subject => subject.kind === kind)
      .map(() => judgements.find(({ subject }) => subject.kind === kind)?.next.warnedAtMs ?? NaN)
      .map(ms => ms / 1000 - START_T)
  );
}

/** Two looks, 15 s apart unless said otherwise: what is judged of the second. */
export function judged(
  before: Partial<Evidence>,
  after: Partial<Evidence>,
  subject: Subject = KERNEL,
  seconds = EVERY_S
): Judgement {
  const [, plan] = hear([seen(0, before), seen(seconds, after)]);
  if (plan === undefined) throw new Error('nothing was judged');
  return judgementOf(plan, subject);
}

/** Evidence of one kernel. */
export const kernels = (changes: Partial<KernelEvidence>): Partial<Evidence> => ({ kernels: [kernel(changes)] });

export function countingSignals({ signals }: Judgement): Signal[] {
  return signals.filter(({ counts }) => counts).map(({ signal }) => signal);
}

/** What a judge says that hears each reading when it is made. `changes` may be of one moment. */
export function hear(
  readings: readonly Reading[],
  changes: Partial<ActivityInput> | ((reading: Reading) => Partial<ActivityInput>) = {}
): ActivityPlan[] {
  const plans: ActivityPlan[] = [];
  for (const reading of readings) {
    const more = typeof changes === 'function' ? changes(reading) : changes;
    plans.push(planActivity(input({ readings: [reading], memory: plans.at(-1)?.memory, ...more })));
  }
  return plans;
}

/** The first time that each subject is due, in seconds after the start. */
export function firstDue(plans: readonly ActivityPlan[], subject: Subject = KERNEL): number | undefined {
  const due = plans.flatMap(plan => plan.due).find(one => one.subject.kind === subject.kind);
  return due === undefined ? undefined : secondsOf(due);
}

export function secondsOf({ atMs }: Pick<Due, 'atMs'>): number {
  return atMs / 1000 - START_T;
}
