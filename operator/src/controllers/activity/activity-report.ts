/**
 * What the status of a Workspace says of its activity. What has not changed stays as it was written, to the letter, so that an equal report is
 * an equal object and no write.
 */
import {
  type IdleStop,
  type KeptSnooze,
  type Workspace,
  type WorkspaceActivity,
  type WorkspaceCondition
} from '../../api/index.js';
import { type ActivityPlan, type GrantedSnooze, type Judgement, liveSnoozes } from '../../plan/activity/index.js';
import { withoutUndefined } from '../without-undefined.js';
import { conditionOfType, cut, timestamp } from '../workspace/status-of.js';
import type { ActivityPolicies } from './activity-policies.js';
import { idleFact, UNKNOWN_FOR_MS } from './idle-condition.js';

/** The moment of a stop moves a little with every look, as two clocks do: one that moved less is the same. */
const SAME_STOP_MS = 15_000;

export interface ActivityReport {
  /** Absent: there is nothing to be said. */
  readonly activity?: WorkspaceActivity;
  readonly idle?: WorkspaceCondition;
}

export interface Reportable {
  readonly workspace: Workspace;
  readonly podUid: string;
  readonly plan: ActivityPlan;
  readonly policies: ActivityPolicies;
  /** What was granted by this look. */
  readonly grants: readonly GrantedSnooze[];
  readonly nowMs: number;
}

/** Of a workspace that runs. */
export function activityReport(about: Reportable): ActivityReport {
  const { workspace, plan, podUid, nowMs } = about;
  const before = workspace.status?.activity ?? {};
  const judged = plan.judgements.find(({ subject }) => subject.kind === 'workspace');
  const announcement = judged === undefined ? picked(before) : announcementOf(before, judged, about);
  const fact =
    judged &&
    idleFact({
      judged,
      isAnnounced: announcement.announcedAt !== undefined,
      wouldStop: plan.wouldBeDue.find(({ subject }) => subject.kind === 'workspace')?.why,
      policies: about.policies,
      stopAt: announcement.stopAt,
      nowMs
    });
  return withoutUndefined<ActivityReport>({
    activity: unlessEmpty({
      ...announcement,
      snoozes: snoozesOf(before, about),
      lastStop: before.lastStop && stopOfNow(before.lastStop, podUid, nowMs)
    }),
    idle: fact && conditionOf(workspace, fact, announcement.stopAt, nowMs)
  });
}

/**
 * Of one that does not run: what was done is remembered, and nothing else. Resumed it is from the moment that its pod is another, for what
 * comes of that pod may be that a person stops it.
 */
export function restingReport({ spec, status }: Workspace, nowMs: number): ActivityReport {
  const { lastStop, snoozes } = status?.activity ?? {};
  const isResumed = spec.running && lastStop !== undefined && status?.podUid !== lastStop.podUid;
  const stop = isResumed ? stopOfNow(lastStop, status?.podUid ?? '', nowMs) : lastStop;
  return withoutUndefined<ActivityReport>({ activity: unlessEmpty({ lastStop: stop, snoozes }), idle: undefined });
}

/** Of one that is about to be stopped: what was announced stays until it is. */
export function stopReport({ status }: Workspace, lastStop: IdleStop): ActivityReport {
  const idle = conditionOfType(status, 'Idle');
  return withoutUndefined<ActivityReport>({ activity: { ...status?.activity, lastStop }, idle });
}

export function grantedOf({ snoozes = [] }: WorkspaceActivity): GrantedSnooze[] {
  return snoozes.map(({ id, kernel, at, addedSeconds }) => ({
    id,
    subject: kernel === undefined ? { kind: 'workspace' } : { kind: 'kernel', id: kernel },
    atMs: Date.parse(at),
    addedMs: addedSeconds * 1000
  }));
}

type Announcement = Pick<WorkspaceActivity, 'announcedAt' | 'idleSince' | 'limit' | 'stopAt'>;

function picked({ announcedAt, idleSince, limit, stopAt }: WorkspaceActivity): Announcement {
  return withoutUndefined<Announcement>({ announcedAt, idleSince, limit, stopAt });
}

/** In a dry run there is nothing to come. */
function announcementOf(before: WorkspaceActivity, judged: Judgement, about: Reportable): Announcement {
  const { activity, next } = judged;
  const { policy } = about.policies.merged;
  if (!policy.enabled || policy.dryRun || activity === 'active' || next.atMs === null) return {};
  if (activity === 'unknown' && about.nowMs - judged.sinceMs < UNKNOWN_FOR_MS) return picked(before);
  const stopAt = closest(before.stopAt, timestamp(new Date(next.atMs)));
  if (next.warnedAtMs !== null) return announced(before, judged, next.warnedAtMs, stopAt);
  return isSnoozed(before, judged, about) ? { stopAt } : {};
}

function announced(before: WorkspaceActivity, judged: Judgement, warnedAtMs: number, stopAt: string): Announcement {
  // Rounded up: a warning is not shortened by a restart.
  const announcedAt = timestamp(new Date(Math.ceil(warnedAtMs / 1000) * 1000));
  const limit = judged.next.limit ?? undefined;
  if (announcedAt === before.announcedAt && limit === before.limit) return { ...picked(before), stopAt };
  const idleSince = timestamp(new Date(judged.sinceMs));
  return withoutUndefined<Announcement>({ announcedAt, idleSince, limit, stopAt });
}

/** Since it is idle. */
function isSnoozed(before: WorkspaceActivity, { sinceMs }: Judgement, { grants }: Reportable): boolean {
  return [...grantedOf(before), ...grants].some(({ subject, atMs }) => subject.kind === 'workspace' && atMs >= sinceMs);
}

function closest(before: string | undefined, now: string): string {
  return before !== undefined && Math.abs(Date.parse(before) - Date.parse(now)) < SAME_STOP_MS ? before : now;
}

/** Old ones go when there is something to write anyway. */
function snoozesOf(before: WorkspaceActivity, { grants, policies, nowMs }: Reportable): WorkspaceActivity['snoozes'] {
  if (grants.length === 0) return before.snoozes;
  return liveSnoozes([...grantedOf(before), ...grants], policies.merged, nowMs).map(keptSnooze);
}

function keptSnooze({ id, subject, atMs, addedMs }: GrantedSnooze): KeptSnooze {
  return withoutUndefined<KeptSnooze>({
    id,
    kernel: subject.kind === 'kernel' ? subject.id : undefined,
    at: new Date(atMs).toISOString(),
    addedSeconds: Math.round(addedMs / 1000)
  });
}

/** A stop is written down before it is made: where the same pod still runs it was not. Where another runs, somebody has resumed it. */
function stopOfNow(stop: IdleStop, podUid: string, nowMs: number): IdleStop | undefined {
  if (stop.podUid === podUid) return undefined;
  return stop.resumedAt === undefined ? { ...stop, resumedAt: timestamp(new Date(nowMs)) } : stop;
}

function unlessEmpty(activity: { readonly [Name in keyof WorkspaceActivity]: WorkspaceActivity[Name] | undefined }) {
  const given = withoutUndefined<WorkspaceActivity>(activity);
  return Object.keys(given).length === 0 ? undefined : given;
}

type Fact = Pick<WorkspaceCondition, 'status' | 'reason' | 'message'>;

/** For as long as it says the same, in the words in which it was first said: the times in them would change with every look. */
function conditionOf(workspace: Workspace, fact: Fact, stopAt: string | undefined, nowMs: number): WorkspaceCondition {
  const { status, metadata } = workspace;
  const before = conditionOfType(status, 'Idle');
  const isSameState = before?.status === fact.status && before.reason === fact.reason;
  if (isSameState && fact.reason !== 'InvalidPolicy' && stopAt === status?.activity?.stopAt) return before;
  return {
    type: 'Idle',
    ...fact,
    message: cut(fact.message),
    lastTransitionTime: isSameState ? before.lastTransitionTime : timestamp(new Date(nowMs)),
    observedGeneration: metadata.generation ?? 0
  };
}
