/** One case of planRun, as a table lists it, and how it is checked. */
import { expect } from '@jest/globals';
import { planRun } from '../plan-run.js';
import { at } from './make-run.js';
import type { RunAction, RunPhase, RunReason, StopReason } from '../run.js';
import type { RunBuilder } from './make-run.js';

export interface PlanCase {
  readonly name: string;
  readonly run: RunBuilder;
  /** Seconds after the submission; 100 unless told. */
  readonly now?: number;
  /** None unless told. */
  readonly wantActions?: readonly RunAction[];
  readonly wantPhase: RunPhase;
  readonly wantReason?: RunReason;
  /** Not looked at unless told. */
  readonly wantRecheckS?: number;
}

export const start = (number: number): RunAction => ({ kind: 'start-attempt', number });
export const stop = (number: number, reason: StopReason): RunAction => ({ kind: 'stop-attempt', number, reason });

/** Matches the recording of an end for this cause, whatever it says. */
export function endRun(cause: string): RunAction {
  return expect.objectContaining({ kind: 'end-run', outcome: expect.objectContaining({ cause }) }) as never;
}

/** Matches the recording of this attempt's end, whatever it says. */
export function endAttempt(number: number): RunAction {
  return expect.objectContaining({ kind: 'end-attempt', number }) as never;
}

export function checkPlan({ run, now = 100, wantActions = [], wantPhase, wantReason, wantRecheckS }: PlanCase): void {
  const plan = planRun(run.obj(), at(now));
  expect(plan.actions).toEqual(wantActions);
  expect(plan.status.phase).toBe(wantPhase);
  expect(plan.status.reason?.code).toBe(wantReason);
  if (wantRecheckS !== undefined) expect(plan.recheckAfterMs).toBe(wantRecheckS * 1000);
}
