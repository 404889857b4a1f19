/** What the agent is told: how it was judged, what it is to do, and the answers to what its person has asked for. */
import { createHash } from 'node:crypto';
import type { Due, JudgeSays, Judgement, Order } from '../../plan/activity/index.js';
import type { ActivityPolicies } from './activity-policies.js';
import type { ActivityRecord } from './activity-record.js';

const MOST_PROBLEMS = 50;

export interface Word {
  readonly says: JudgeSays;
  /** The same for the same news: what changes by itself, such as the time, is not in it. */
  readonly digest: string;
}

export function wordForAgent(record: ActivityRecord, policies: ActivityPolicies, nowMs: number): Word {
  const { plan, cursor, answers } = record;
  const { enabled, dryRun } = policies.merged.policy;
  const judgements = plan?.judgements ?? [];
  const orders = ordersOf(record);
  const problems = policies.problems.slice(0, MOST_PROBLEMS);
  const judged = judgements.map(newsOf);
  const news = { answers, orders: orders.map(({ id }) => id), judged, enabled, dryRun, problems };
  const says: JudgeSays = {
    version: 1,
    judge: 'operator',
    nowMs,
    cursor,
    nextInMs: plan?.recheckAfterMs ?? 0,
    judgements: [...judgements],
    orders,
    snoozes: [...answers],
    dryRun,
    enabled,
    problems
  };
  return { says, digest: hashOf(JSON.stringify(news)) };
}

/**
 * What is due and was not carried out yet. The same stop has the same id, also after a restart of ours. That of the workspace is carried out
 * by us: as long as it is to come it is said.
 */
function ordersOf({ plan, podUid, done }: ActivityRecord): Order[] {
  const orders = (plan?.due ?? []).map(due => orderOf(due, podUid));
  return orders.filter(({ id, kind }) => kind === 'stopping' || !done.includes(id));
}

function orderOf({ subject, announcedMs, atMs, why, signals }: Due, podUid: string): Order {
  const kernel = subject.kind === 'kernel' ? subject.id : null;
  const id = hashOf(JSON.stringify([podUid, kernel, announcedMs]));
  const kind = kernel === null ? 'stopping' : 'release';
  return { id, kind, kernel, atMs, why, signals: [...signals] };
}

/** What a person would see change. When an active one would stop moves with each reading. */
function newsOf({ subject, activity, next }: Judgement): unknown {
  const atS = activity === 'active' || next.atMs === null ? null : Math.round(next.atMs / 10_000);
  return [subject, activity, atS, next.warnedAtMs, next.hold, next.limit, next.policyOf, next.snoozeLeftMs];
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
