/** A report as the status of a Workspace. What has not changed keeps its time, so that an equal status is an equal object. */
import { isDeepStrictEqual } from 'node:util';
import {
  MAX_MESSAGE_LENGTH,
  type Workspace,
  type WorkspaceCondition,
  type WorkspaceConditionType,
  type WorkspaceStatus,
  childName
} from '../../api/index.js';
import type { SeenWorkspace, WorkspaceReport } from '../../plan/workspace/index.js';
import { withoutUndefined } from '../without-undefined.js';

export function statusOf(
  workspace: Workspace,
  seen: SeenWorkspace,
  report: WorkspaceReport,
  now: Date
): WorkspaceStatus {
  return withoutUndefined<WorkspaceStatus>({
    observedGeneration: workspace.metadata.generation ?? 0,
    phase: report.phase,
    message: cut(report.ready.message),
    conditions: conditionsOf(seen, report).map(condition => withTimes(condition, workspace, now)),
    serviceName: seen.service && childName(seen.name),
    homeUid: homeUidOf(seen) ?? workspace.status?.homeUid,
    ...podFields(workspace, seen, report, now)
  });
}

/**
 * Whether two say the same but for what is said of activity, which another controller writes; the API server keeps the conditions of both in
 * an order of its own.
 */
export function isSameButForActivity(one: WorkspaceStatus | undefined, other: WorkspaceStatus | undefined): boolean {
  return isDeepStrictEqual(withoutActivity(one), withoutActivity(other));
}

function withoutActivity(status: WorkspaceStatus | undefined): object | undefined {
  if (status === undefined) return undefined;
  const { activity: _, conditions = [], ...own } = status;
  const facts = new Map(conditions.map(condition => [condition.type, condition]));
  facts.delete('Idle');
  return { ...own, facts };
}

/** That of the files of somebody else is not remembered: when they are gone, nothing of this person's is. */
function homeUidOf({ home, owner }: SeenWorkspace): string | undefined {
  return home?.belongs === 'ours' && home.owner === owner ? home.uid : undefined;
}

type PodFields = Pick<WorkspaceStatus, 'podName' | 'podUid' | 'node' | 'environmentImage' | 'startedAt'>;

/** Of the pod that is its own, or that it has adopted. */
function podFields(
  workspace: Workspace,
  { pod, name, adoptedPod }: SeenWorkspace,
  report: WorkspaceReport,
  now: Date
): PodFields {
  if (pod === undefined || (pod.belongs !== 'ours' && adoptedPod === undefined)) return {};
  const answers = report.ready.reason === 'Running';
  return {
    podName: adoptedPod ?? childName(name),
    podUid: pod.uid,
    node: pod.node,
    environmentImage: pod.image,
    startedAt: keptStart(workspace, pod.uid) ?? (answers ? timestamp(now) : undefined)
  };
}

/** For as long as it is the same pod, also while it is too busy to answer. */
function keptStart({ status }: Workspace, podUid: string): string | undefined {
  return status?.podUid === podUid ? status?.startedAt : undefined;
}

type Fact = Pick<WorkspaceCondition, 'type' | 'status' | 'reason' | 'message'>;

function conditionsOf({ image, environmentName, adoptedPod }: SeenWorkspace, report: WorkspaceReport): Fact[] {
  const facts: Fact[] = [{ type: 'Ready', ...report.ready }];
  if (adoptedPod === undefined) {
    const isThere = image !== undefined;
    const message = isThere ? 'The environment is there.' : `There is no environment '${environmentName}'.`;
    facts.push({
      type: 'EnvironmentReady',
      status: isThere ? 'True' : 'False',
      reason: isThere ? 'Found' : 'NotFound',
      message
    });
  }
  if (report.home !== undefined) facts.push({ type: 'HomeReady', ...report.home });
  if (report.restartNeeded !== undefined) {
    facts.push({ type: 'RestartNeeded', status: 'True', reason: 'ChoicesChanged', message: report.restartNeeded });
  }
  return facts;
}

function withTimes(fact: Fact, { status, metadata }: Workspace, now: Date): WorkspaceCondition {
  const before = conditionOfType(status, fact.type);
  // A reason is a state of its own here: how long something has been waiting for one thing counts from its reason.
  const isSame = before?.status === fact.status && before.reason === fact.reason;
  return {
    ...fact,
    message: cut(fact.message),
    lastTransitionTime: isSame ? before.lastTransitionTime : timestamp(now),
    observedGeneration: metadata.generation ?? 0
  };
}

export function conditionOfType(
  status: WorkspaceStatus | undefined,
  type: WorkspaceConditionType
): WorkspaceCondition | undefined {
  return status?.conditions?.find(condition => condition.type === type);
}

/** As the API server keeps times: in whole seconds. */
export function timestamp(now: Date): string {
  return `${now.toISOString().slice(0, 19)}Z`;
}

/** Never in the middle of a character: the API server would keep another one in its place, and the status never be equal. */
export function cut(message: string, longest = MAX_MESSAGE_LENGTH): string {
  if (message.length <= longest) return message;
  return `${message.slice(0, longest - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
