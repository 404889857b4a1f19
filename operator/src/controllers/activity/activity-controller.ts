/** The activity controller, put together from what a process has anyway. */
import type { PolicyPart } from '../../plan/activity/index.js';
import type { ApiClient } from '../../runtime/api-client.js';
import type { Clock } from '../../runtime/clock.js';
import { Controller } from '../../runtime/controller.js';
import type { EventRecorder } from '../../runtime/events.js';
import type { Log } from '../../runtime/log.js';
import type { Metrics } from '../../runtime/metrics.js';
import { WorkQueue } from '../../runtime/work-queue.js';
import { type ActivityCaches, watchForActivity } from './activity-caches.js';
import { ActivityLedger } from './activity-ledger.js';
import { createActivityMetrics } from './activity-metrics.js';
import { ActivityReconciler } from './activity-reconciler.js';
import { ActivityWriter } from './activity-writer.js';

/** Agents that are asked at once. One that does not answer takes its place for five seconds. */
const WORKERS = 64;

export interface ActivityControllerOptions {
  readonly caches: ActivityCaches;
  /** With a field manager of its own. */
  readonly client: Pick<ApiClient, 'apply' | 'merge'>;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly agentKey: string;
  readonly policy: PolicyPart;
  readonly clock: Clock;
  readonly nowMs: () => number;
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Throws where this process does not lead. */
  readonly guard?: () => void;
}

export function createActivityController(options: ActivityControllerOptions): Controller {
  const { caches, client, events, metrics, clock, random, log } = options;
  const queue = new WorkQueue({ clock, random });
  watchForActivity(caches, key => queue.add(key));
  const ledger = new ActivityLedger(className => {
    for (const key of caches.workspaces.keysBy('class', className)) queue.add(key);
  });
  const reconciler = new ActivityReconciler({
    ...options,
    ledger,
    writer: new ActivityWriter({ client, events }),
    metrics: createActivityMetrics(metrics.registry, ledger)
  });
  const keys = (): Iterable<string> => caches.workspaces.keys();
  return new Controller({ name: 'activity', queue, reconciler, workers: WORKERS, keys, clock, log, metrics });
}
