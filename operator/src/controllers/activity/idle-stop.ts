import type { IdleStop } from '../../api/index.js';
import type { ActivityPlan } from '../../plan/activity/index.js';
import { cut, timestamp } from '../workspace/status-of.js';
import type { ActivitySight } from './see-activity.js';

const MOST_MEASURED = 20;
const LONGEST_SENTENCE = 1024;

/** How the stop of a workspace is written down; undefined where none is due. */
export function idleStop(plan: ActivityPlan, { podUid, gpus }: ActivitySight, nowMs: number): IdleStop | undefined {
  const due = plan.due.find(({ subject }) => subject.kind === 'workspace');
  if (due === undefined) return undefined;
  return {
    at: timestamp(new Date(nowMs)),
    why: cut(due.why, LONGEST_SENTENCE),
    limit: due.limit,
    policyOf: due.policyOf,
    measured: due.signals.slice(0, MOST_MEASURED).map(({ text }) => cut(text, LONGEST_SENTENCE)),
    podUid,
    gpus
  };
}
