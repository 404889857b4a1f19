/**
 * The document that a run is remembered by (`run.json`): what was asked, what people wanted since, what has ended. Another
 * version of this program may have written it: keys that are unknown here are dropped, at every depth, and new ones need
 * a default.
 */
import { CAUSES, DEFAULT_RETRY, STOP_REASONS } from '@berth/operator/plan';
import type { ObservedAttempt, ObservedRun, RunRequest } from '@berth/operator/plan';
import { z } from 'zod';
import { BundleView, RankView, RunId, RunSubmission } from '../../contract/index.js';
import { RunProgress } from './run-progress.js';

const Outcome = z.object({ cause: z.enum(CAUSES), message: z.string() });
const EpochMs = z.int().min(0);

const AttemptRecord = z.object({
  number: z.int().min(1),
  startedAtMs: EpochMs,
  /** It found a checkpoint. */
  resumed: z.boolean(),
  /** All three together, when it has ended. */
  endedAtMs: EpochMs.nullable(),
  outcome: Outcome.nullable(),
  ranks: z.array(z.object(RankView.shape)),
  /** Its working folder is still there, because what it wrote could not be brought beside the notebook. */
  keptWork: z.boolean(),
  /** Ids of the GPUs or MIG instances that are its own until it has ended. */
  devices: z.array(z.string()).default([])
});
export type AttemptRecord = z.infer<typeof AttemptRecord>;

export const RunRecord = z.object({
  version: z.literal(1),
  id: RunId,
  submittedBy: z.string(),
  submittedAtMs: EpochMs,
  /** With the defaults filled in. */
  request: z.object(RunSubmission.shape),
  /** Name of the notebook without folder and ending. */
  stem: z.string(),
  /** Absolute: what was sent, and where results go. */
  notebookFolder: z.string(),
  /** `<folder>/<stem>.runs`, from the Jupyter root. */
  resultsFolder: z.string(),
  /** The file in the bundle's root that is run; its text lies beside this document. */
  scriptName: z.string(),
  environmentHash: z.string(),
  /** Of the lock of its environment. */
  lockHash: z.string().default(''),
  bundle: z.object(BundleView.shape),
  attempts: z.array(AttemptRecord),
  stopRequested: z.object({ atMs: EpochMs, reason: z.enum(STOP_REASONS) }).nullable(),
  /** Number of the last attempt when a person asked to try again. */
  retryAfterAttempt: z.int().min(0).nullable(),
  /** The end that no attempt carries. */
  ended: Outcome.extend({ endedAtMs: EpochMs }).nullable(),
  /** As of the end of the last attempt. */
  progress: RunProgress
});
export type RunRecord = z.infer<typeof RunRecord>;

/** What the plan knows the request as. */
export function requestOf(submission: RunSubmission): RunRequest {
  const { framework, processes, offer, priority, graceMs, deadlineMs } = submission;
  const retry = { ...DEFAULT_RETRY, ...submission.retry };
  return { framework, processes, offer, priority, graceMs, retry, ...(deadlineMs === undefined ? {} : { deadlineMs }) };
}

/** What the plan sees of a run; `states` are those of attempts without outcome, by number. */
export function observedRun(
  record: RunRecord,
  states: ReadonlyMap<number, Exclude<ObservedAttempt['state'], 'ended'>>,
  environment: ObservedRun['environment'],
  admitted: boolean
): ObservedRun {
  return {
    id: record.id,
    request: requestOf(record.request),
    submittedAtMs: record.submittedAtMs,
    attempts: record.attempts.map(attempt => observedAttempt(attempt, states.get(attempt.number) ?? 'starting')),
    admitted,
    environment,
    ...(record.stopRequested === null ? {} : { stopRequested: record.stopRequested }),
    ...(record.retryAfterAttempt === null ? {} : { retryAfterAttempt: record.retryAfterAttempt }),
    ...(record.ended === null ? {} : { ended: record.ended })
  };
}

/** The attempt that has no outcome, if there is one; there never are two. */
export function liveAttempt(record: RunRecord): AttemptRecord | undefined {
  return record.attempts.find(attempt => attempt.outcome === null);
}

function observedAttempt(
  { number, startedAtMs, endedAtMs, outcome }: AttemptRecord,
  state: Exclude<ObservedAttempt['state'], 'ended'>
): ObservedAttempt {
  if (outcome === null) return { number, startedAtMs, state };
  return { number, startedAtMs, state: 'ended', outcome, ...(endedAtMs === null ? {} : { endedAtMs }) };
}
