/** Decides about the snoozes that an agent passes on: only for what there is, and never beyond the budget. */
import { answerSnooze } from '@berth/operator/plan';
import type { GrantedSnooze, MergedPolicy, SnoozeAnswer, SnoozeRequest } from '@berth/operator/plan';
import { hasWorkspaceLimit } from './local-policies.js';

/** What became of the requests of one message. */
export interface SnoozeBook {
  readonly answers: readonly SnoozeAnswer[];
  /** All of this agent, with those that were granted now. */
  readonly granted: readonly GrantedSnooze[];
  readonly fresh: readonly GrantedSnooze[];
}

/**
 * @param requests their times in the clock of `nowMs`
 * @param kernels that the agent has
 */
export function planSnoozes(
  requests: readonly SnoozeRequest[],
  kernels: ReadonlySet<string>,
  before: readonly GrantedSnooze[],
  policies: MergedPolicy,
  nowMs: number
): SnoozeBook {
  const answers: SnoozeAnswer[] = [];
  const granted = [...before];
  for (const request of requests) {
    const { answer, grant } = refused(request, kernels, policies) ?? answerSnooze(request, granted, policies, nowMs);
    answers.push(answer);
    if (grant !== undefined) granted.push(grant);
  }
  return { answers, granted, fresh: granted.slice(before.length) };
}

function refused(
  { id, subject }: SnoozeRequest,
  kernels: ReadonlySet<string>,
  { policy }: MergedPolicy
): { answer: SnoozeAnswer; grant?: undefined } | undefined {
  if (subject.kind === 'kernel' ? kernels.has(subject.id) : hasWorkspaceLimit(policy)) return undefined;
  const message =
    subject.kind === 'kernel'
      ? 'This kernel is not there any more.'
      : 'JupyterLab is not stopped for being idle here, so there is nothing to put off.';
  return { answer: { id, granted: false, untilMs: null, message } };
}
