/**
 * Decides what is idle, what is said about it, and what goes. It only ever sees readings, the judge's clock and what it has
 * itself returned before, so that a judge can be ended at any moment and another one goes on.
 */
import { NEW_TALLY, NO_MEMORY, type ActivityMemory, type Tally } from './activity-memory.js';
import type { PolicyLayer } from './activity-policy.js';
import type { GrantedSnooze } from './answer-snooze.js';
import { blindnessAt } from './blindness.js';
import type { Reading } from './evidence.js';
import { foldReading, type TimeLimits } from './fold-reading.js';
import type { Judgement, SignalView, Subject } from './judgement.js';
import { planSubject, type SubjectPlan } from './plan-subject.js';
import type { MergedPolicy } from './merge-policies.js';

export interface ActivityInput {
  /** What the call before has returned; absent: there was none. */
  readonly memory: ActivityMemory | undefined;
  /** Those that are new, oldest first. */
  readonly readings: readonly Reading[];
  /** The agent did not answer, or what it said cannot be. */
  readonly failure?: { readonly atMs: number; readonly why: string };
  readonly readEveryMs: number;
  readonly policies: MergedPolicy;
  /** By Jupyter's id of the kernel, where the compute that it holds has a policy of its own. */
  readonly kernelPolicies?: ReadonlyMap<string, MergedPolicy>;
  /** For what somebody waits: for what the workspace holds, and for what these kernels hold. */
  readonly waiting: { readonly workspace: boolean; readonly kernels: ReadonlySet<string> };
  readonly snoozes: readonly GrantedSnooze[];
  /** The judge's clock. */
  readonly nowMs: number;
  /** The agent's clock minus the judge's; 0 by default. */
  readonly clockSkewMs?: number;
}

/** Something whose time is over. */
export interface Due {
  readonly subject: Subject;
  /** For people: what was measured, for how long, and whose limit it was. */
  readonly why: string;
  readonly signals: readonly SignalView[];
  readonly idleMs: number;
  readonly limit: 'soft' | 'hard';
  readonly policyOf: PolicyLayer;
  readonly atMs: number;
  /** When it was announced: with the subject it tells this stop from any other. */
  readonly announcedMs: number;
}

export interface ActivityPlan {
  readonly memory: ActivityMemory;
  /** Of each kernel, then of the workspace. */
  readonly judgements: readonly Judgement[];
  /** To be released or stopped now, kernels before the workspace; said again in each call until it is done. Empty in a dry run. */
  readonly due: readonly Due[];
  /** What would be due were it no dry run; said in each call as long as it is so. */
  readonly wouldBeDue: readonly Due[];
  /** Announced by this call. In a dry run nobody is told of what does not happen. */
  readonly announced: readonly Subject[];
  /** When a look could next matter, unless policies, snoozes or who waits change before. */
  readonly recheckAfterMs: number;
}

/** Pure: the same for the same input. The readings may come in any pieces. */
export function planActivity(input: ActivityInput): ActivityPlan {
  const { nowMs, readEveryMs, clockSkewMs: skewMs = 0 } = input;
  const read = input.readings.reduce(
    (memory, reading) =>
      foldReading(memory, reading, { readEveryMs, workspace: limits(input), ofKernel: id => limits(input, id) }),
    input.memory ?? NO_MEMORY
  );
  const lookMs = read.lookT === null ? undefined : Math.round(read.lookT * 1000 - skewMs);
  const blind = blindnessAt(read, { nowMs, lookMs, readEveryMs, failure: input.failure?.why });
  const seen = { ...read, blind };
  const kernels = seen.kernels.map(kernel => {
    const subject: Subject = { kind: 'kernel', id: kernel.id };
    return planSubject({
      subject,
      tally: kernel,
      memory: seen,
      waits: input.waiting.kernels.has(kernel.id),
      policies: policyOf(input, kernel.id),
      input
    });
  });
  const workspace = planSubject({
    subject: { kind: 'workspace' },
    tally: seen.workspace ?? { ...NEW_TALLY, sinceT: (nowMs + skewMs) / 1000 },
    memory: seen,
    waits: input.waiting.workspace,
    policies: input.policies,
    input
  });
  const plans: SubjectPlan<Tally>[] = [...kernels, workspace];
  return {
    memory: {
      ...seen,
      kernels: kernels.map(({ tally }) => tally),
      workspace: workspace.tally,
      remembered: seen.seenT === null ? seen.remembered : []
    },
    judgements: plans.map(({ judgement }) => judgement),
    due: plans.flatMap(({ due, isDryRun }) => (due === undefined || isDryRun ? [] : [due])),
    wouldBeDue: plans.flatMap(({ due, isDryRun }) => (due !== undefined && isDryRun ? [due] : [])),
    announced: plans.filter(({ isNews }) => isNews).map(({ judgement }) => judgement.subject),
    recheckAfterMs: Math.min(...plans.map(({ recheckAfterMs }) => recheckAfterMs))
  };
}

/**
 * Goes on from what a judge before has announced, so that a warning is neither lost nor given for a shorter time. Readings that
 * show activity since then take it back. `memory` may be undefined, before there is any. `limit` is the one that it was announced
 * under (`next.limit` of the judgement); left out, the one that holds now.
 */
export function rememberAnnouncement(
  memory: ActivityMemory | undefined,
  subject: Subject,
  announcedMs: number,
  limit: 'soft' | 'hard' | null = null
): ActivityMemory {
  const known = memory ?? NO_MEMORY;
  return { ...known, remembered: [...known.remembered, { subject, atMs: announcedMs, limit }] };
}

function policyOf({ policies, kernelPolicies }: ActivityInput, kernel: string): MergedPolicy {
  return kernelPolicies?.get(kernel) ?? policies;
}

function limits(input: ActivityInput, kernel?: string): TimeLimits {
  const { policy } = kernel === undefined ? input.policies : policyOf(input, kernel);
  const ms = (seconds: number | null): number => (seconds === null ? Infinity : seconds * 1000);
  return { busyMaxMs: ms(policy.busyMaxSeconds), unknownMaxMs: ms(policy.unknownMaxSeconds) };
}
