/**
 * What the operator keeps of a workspace that runs, from one exchange with its agent to the next. It is in memory alone: the agent keeps its
 * readings for two hours, and what must not be lost (announcements, snoozes) is in the workspace's status.
 */
import type { Workspace, WorkspaceActivity, WorkspaceStatus } from '../../api/index.js';
import {
  type ActivityMemory,
  type ActivityPlan,
  type PolicyPart,
  type ReadingCursor,
  rememberAnnouncement,
  type SnoozeAnswer
} from '../../plan/activity/index.js';

export interface ActivityRecord {
  /** Another pod is another record. */
  readonly podUid: string;
  readonly memory: ActivityMemory | undefined;
  /** The last reading that we have; null: none. */
  readonly cursor: ReadingCursor | null;
  readonly readEveryMs: number;
  /** The agent's clock minus ours. */
  readonly clockSkewMs: number;
  readonly wish: PolicyPart | null;
  /** Ids of orders that were carried out. */
  readonly done: readonly string[];
  /** What the agent has not been told yet. */
  readonly answers: readonly SnoozeAnswer[];
  /** Absent before the first exchange. */
  readonly plan?: ActivityPlan;
  /** What the agent has been told last, without what changes by itself. */
  readonly told: string;
  /** Exchanges that failed in a row. */
  readonly failures: number;
  /** Nothing is to be asked before, unless what it rests on is another; and not even then before the other. */
  readonly nextAtMs: number;
  readonly restsUntilMs: number;
  /** The workspace is not looked at in an older state: what we have written is not in it. */
  readonly writtenVersion: string;
  /** The policies that it was judged by. */
  readonly judgedBy: string;
}

const USUAL_READ_EVERY_MS = 15_000;

/** Of a pod that was not looked at before, by this process: an announcement that another has made goes on. */
export function newRecord(workspace: Workspace, podUid: string, nextAtMs: number): ActivityRecord {
  return {
    podUid,
    memory: remembered(workspace.status),
    cursor: null,
    readEveryMs: USUAL_READ_EVERY_MS,
    clockSkewMs: 0,
    wish: null,
    done: [],
    answers: [],
    told: '',
    failures: 0,
    nextAtMs,
    restsUntilMs: 0,
    writtenVersion: '',
    judgedBy: ''
  };
}

/** What was announced before this pod first answered was of another. */
function remembered({ activity = {}, startedAt }: WorkspaceStatus = {}): ActivityMemory | undefined {
  const { announcedAt, limit }: WorkspaceActivity = activity;
  if (announcedAt === undefined || Date.parse(announcedAt) < Date.parse(startedAt ?? '')) return undefined;
  return rememberAnnouncement(undefined, { kind: 'workspace' }, Date.parse(announcedAt), limit);
}
