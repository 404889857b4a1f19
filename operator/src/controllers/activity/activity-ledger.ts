/** What is so now over all workspaces, for metrics, and for those that hold what others wait for. */
import type { Workspace } from '../../api/index.js';
import type { ActivityPlan } from '../../plan/activity/index.js';
import type { Key } from '../../runtime/resource.js';
import { classWaitedFor } from '../workspace/caches.js';
import type { Activity, ActivityFigures } from './activity-metrics.js';

export class ActivityLedger implements ActivityFigures {
  readonly #activities = new Map<Key, Activity>();
  /** GPUs of what is stopped for being idle. */
  readonly #reclaimed = new Map<Key, number>();
  /** The class that each waits for. */
  readonly #waiting = new Map<Key, string>();
  readonly #onDemand: (className: string) => void;

  /** `onDemand` is called when somebody begins to wait for a class. */
  constructor(onDemand: (className: string) => void) {
    this.#onDemand = onDemand;
  }

  workspaces(): ReadonlyMap<Activity, number> {
    const counts = new Map<Activity, number>([
      ['active', 0],
      ['idle', 0],
      ['unknown', 0]
    ]);
    for (const activity of this.#activities.values()) counts.set(activity, (counts.get(activity) ?? 0) + 1);
    return counts;
  }

  gpusReclaimed(): number {
    return [...this.#reclaimed.values()].reduce((sum, gpus) => sum + gpus, 0);
  }

  /** It does not run, or is no more. */
  rests(key: Key, workspace: Workspace | undefined): void {
    this.#activities.delete(key);
    const { lastStop } = workspace?.status?.activity ?? {};
    const isReclaimed = workspace?.spec.running === false && lastStop !== undefined && lastStop.resumedAt === undefined;
    if (isReclaimed) this.#reclaimed.set(key, lastStop.gpus);
    else this.#reclaimed.delete(key);
    this.#note(key, workspace && classWaitedFor(workspace));
  }

  judged(key: Key, { judgements }: ActivityPlan): void {
    const judged = judgements.find(({ subject }) => subject.kind === 'workspace');
    if (judged !== undefined) this.#activities.set(key, judged.activity);
    this.#reclaimed.delete(key);
    this.#waiting.delete(key);
  }

  #note(key: Key, className: string | undefined): void {
    const before = this.#waiting.get(key);
    if (className === undefined) this.#waiting.delete(key);
    else this.#waiting.set(key, className);
    if (className !== undefined && className !== before) this.#onDemand(className);
  }
}
