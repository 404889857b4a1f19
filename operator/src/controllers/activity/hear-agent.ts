/** One step of judging: what an agent has said, or why it has said nothing, becomes a plan and answers. Pure. */
import { MAX_SNOOZES } from '../../api/index.js';
import {
  type ActivityInput,
  type AgentSays,
  answerSnooze,
  type GrantedSnooze,
  liveSnoozes,
  planActivity,
  type ReadingCursor,
  type SnoozeAnswer,
  type SnoozeRequest,
  type Subject
} from '../../plan/activity/index.js';
import type { ActivityPolicies } from './activity-policies.js';
import type { ActivityRecord } from './activity-record.js';

const MOST_DONE = 100;

/** More than that are kept nowhere; to forget one that counts would be to grant it again. */
const TOO_MANY = 'That is more than can be remembered. Ask again later.';

export interface Heard {
  readonly says?: AgentSays;
  /** How long its answer was. */
  readonly bytes?: number;
  /** Why there is no answer, for people. */
  readonly failure?: string;
}

export interface Circumstances {
  readonly policies: ActivityPolicies;
  readonly granted: readonly GrantedSnooze[];
  /** Somebody waits for what the workspace holds. */
  readonly isWaitedFor: boolean;
  readonly nowMs: number;
}

export interface Step {
  readonly record: ActivityRecord;
  /** To be kept before anybody is told of them. */
  readonly grants: readonly GrantedSnooze[];
  /** Its readings did not fit into one answer. */
  readonly hasMore: boolean;
}

export function hearAgent(record: ActivityRecord, heard: Heard, circumstances: Circumstances): Step {
  const { policies, granted, isWaitedFor, nowMs } = circumstances;
  const { says, failure } = heard;
  const after = says === undefined ? record : afterAnswer(record, says, nowMs);
  const { answers, grants } = answered(after, says?.snoozes ?? [], circumstances);
  const plan = planActivity({
    memory: record.memory,
    readings: says === undefined ? [] : newReadings(record.cursor, says),
    ...(failure !== undefined && { failure: { atMs: nowMs, why: failure } }),
    readEveryMs: after.readEveryMs,
    policies: policies.merged,
    // A kernel beside its JupyterLab holds nothing of its own that could be given to somebody else.
    waiting: { workspace: isWaitedFor, kernels: new Set() },
    snoozes: liveSnoozes([...granted, ...grants], policies.merged, nowMs),
    nowMs,
    clockSkewMs: after.clockSkewMs
  });
  const failures = failure === undefined ? 0 : record.failures + 1;
  const hasMore = says !== undefined && isBehind(says);
  return { record: { ...after, plan, memory: plan.memory, answers, failures }, grants, hasMore };
}

/** The last reading that it has sent is not its last. */
function isBehind({ readings, nowMs, readEveryMs }: AgentSays): boolean {
  const last = readings.at(-1);
  return last !== undefined && nowMs - last.t * 1000 > 2 * readEveryMs;
}

function afterAnswer(record: ActivityRecord, says: AgentSays, nowMs: number): ActivityRecord {
  return {
    ...record,
    cursor: cursorAfter(record.cursor, says),
    readEveryMs: says.readEveryMs,
    clockSkewMs: says.nowMs - nowMs,
    wish: says.wish,
    done: [...new Set([...record.done, ...says.done])].slice(-MOST_DONE)
  };
}

/** An agent that lies may send what we have, or in any order: a reading counts once, and in its place. */
function newReadings(cursor: ReadingCursor | null, { boot, readings }: AgentSays): ActivityInput['readings'] {
  let last = cursor?.boot === boot ? cursor.seq : 0;
  return readings.flatMap(({ seq, ...reading }) => {
    if (seq <= last) return [];
    last = seq;
    return [reading];
  });
}

function cursorAfter(cursor: ReadingCursor | null, { boot, readings }: AgentSays): ReadingCursor {
  const before = cursor?.boot === boot ? cursor.seq : 0;
  return { boot, seq: readings.reduce((last, { seq }) => Math.max(last, seq), before) };
}

/** As Jupyter names kernels: another id, of an agent that lies, would make a status that the API server refuses. */
function isPlain(subject: Subject): boolean {
  return subject.kind === 'workspace' || /^[\w.-]+$/.test(subject.id);
}

/** Those that are asked for are answered each time, until the agent has heard the answer and asks no more. */
function answered(
  { clockSkewMs }: ActivityRecord,
  requests: readonly SnoozeRequest[],
  { policies, granted, nowMs }: Circumstances
): { readonly answers: readonly SnoozeAnswer[]; readonly grants: readonly GrantedSnooze[] } {
  const answers: SnoozeAnswer[] = [];
  const grants: GrantedSnooze[] = [];
  for (const request of requests) {
    const asked = { ...request, askedMs: Math.max(0, request.askedMs - clockSkewMs) };
    const { answer, grant } = answerSnooze(asked, [...granted, ...grants], policies.merged, nowMs);
    const live = liveSnoozes([...granted, ...grants], policies.merged, nowMs);
    if (grant !== undefined && (live.length >= MAX_SNOOZES || !isPlain(request.subject))) {
      answers.push({ id: request.id, granted: false, untilMs: null, message: TOO_MANY });
      continue;
    }
    answers.push(answer);
    if (grant !== undefined) grants.push(grant);
  }
  return { answers, grants };
}
