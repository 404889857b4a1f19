/** What is said, and when it is tried again, after the API server has refused an action that the plan wanted. */
import { sentence } from './sentence.js';
import type { Reported } from './seen-workspace.js';
import { notReady, phaseOf, type ReadyReason, type WorkspaceReport } from './workspace-report.js';

/**
 * `quota`: there is no room in a quota. `not-allowed`: whoever wrote the spec may not use what it names. `home-unchanged`: the
 * home is there and stays as it is. `name-taken`: something that is not ours has the name. `refused`: anything else.
 */
export interface Refusal {
  readonly kind: 'quota' | 'not-allowed' | 'home-unchanged' | 'name-taken' | 'refused';
  readonly message: string;
}

const REASONS = {
  quota: 'QuotaExceeded',
  'not-allowed': 'NotAllowed',
  'name-taken': 'NameTaken',
  refused: 'Refused'
} as const;
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 60_000;

export interface RefusedReport {
  readonly report: WorkspaceReport;
  /** The longer it has been refused, the longer until it is tried again. */
  readonly recheckAfterMs: number;
}

/** These stay true whatever is refused: JupyterLab answers although its Service could not be mended. */
const ENDURES: ReadonlySet<ReadyReason> = new Set<ReadyReason>([
  'Running',
  'NotAnswering',
  'NodeLost',
  'Stopping',
  'Stopped'
]);

export function refusedReport(report: WorkspaceReport, refusal: Refusal, reported: Reported, now: Date): RefusedReport {
  if (refusal.kind === 'home-unchanged') return homeUnchanged(report, refusal);
  if (ENDURES.has(report.ready.reason)) return enduring(report, refusal);
  const reason = REASONS[refusal.kind];
  const before = reported.conditions.find(({ type }) => type === 'Ready');
  const refusedForMs = before?.reason === reason ? Math.max(0, now.getTime() - before.sinceMs) : 0;
  const recheckAfterMs = Math.min(LONGEST_RETRY_MS, Math.max(FIRST_RETRY_MS, refusedForMs / 2));
  const message = `${sentence(refusal.message)}${refusal.kind === 'quota' ? ' It starts by itself when there is room.' : ''}`;
  return { report: { ...report, phase: phaseOf(reason), ready: notReady(reason, message) }, recheckAfterMs };
}

function enduring(report: WorkspaceReport, refusal: Refusal): RefusedReport {
  const message = `${report.ready.message} Something that goes with it could not be made: ${sentence(refusal.message)}`;
  return { report: { ...report, ready: { ...report.ready, message } }, recheckAfterMs: LONGEST_RETRY_MS };
}

function homeUnchanged(report: WorkspaceReport, { message }: Refusal): RefusedReport {
  const status = report.home?.status ?? 'False';
  const home = {
    status,
    reason: 'Unchanged',
    message: `The home volume stays as it is; its size or whenDeleted could not be changed: ${sentence(message)}`
  } as const;
  return { report: { ...report, home }, recheckAfterMs: LONGEST_RETRY_MS };
}
