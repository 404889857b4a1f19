/** What the runtime counts, under names that begin with `berth_operator_`, in a registry of its own. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ControllerMetrics } from './controller.js';
import type { EventMetrics } from './events.js';
import type { ElectionMetrics } from './leader-election.js';
import type { ListWatchMetrics } from './list-watch.js';

const RECONCILE_BUCKETS_S = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const QUEUE_BUCKETS_S = [0.001, 0.01, 0.1, 0.5, 1, 5, 15, 60, 300];

export interface Metrics extends ControllerMetrics, EventMetrics, ElectionMetrics, ListWatchMetrics {
  readonly registry: Registry;
}

/** Node's own figures are in the registry too. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const named = <L extends string>(name: string, help: string, ...labelNames: L[]) => {
    return { name: `berth_operator_${name}`, help, labelNames, registers: [registry] };
  };
  const took = named('reconcile_duration_seconds', 'How long a reconcile took.', 'controller');
  const waited = named('queue_wait_seconds', 'How long a key waited for a worker.', 'controller');
  const durations = new Histogram({ ...took, buckets: RECONCILE_BUCKETS_S });
  const waits = new Histogram({ ...waited, buckets: QUEUE_BUCKETS_S });
  const results = new Counter(named('reconciles_total', 'Reconciles, by how they ended.', 'controller', 'result'));
  const retries = new Counter(named('retries_total', 'Reconciles that failed and are tried again.', 'controller'));
  const events = new Counter(named('events_total', 'Events, by what became of them.', 'result'));
  const leading = new Gauge(named('leading', '1 where this process leads.'));
  const leaseWrites = new Counter(named('lease_writes_total', 'Writes of the lease.', 'result'));
  const lists = new Counter(named('lists_total', 'Whole lists that were read.', 'resource'));
  const objects = new Gauge(named('listed_objects', 'Objects in the last list.', 'resource'));
  const watchEnds = new Counter(named('watch_ends_total', 'Watches that ended, by why.', 'resource', 'why'));
  const depths = new Map<string, () => number>();
  new Gauge({
    ...named('queue_depth', 'Keys that wait for a worker.', 'controller'),
    collect() {
      for (const [controller, depth] of depths) this.set({ controller }, depth());
    }
  });
  return {
    registry,
    taken: (controller, waitedMs) => waits.observe({ controller }, waitedMs / 1000),
    reconciled: (controller, result, tookMs) => {
      results.inc({ controller, result });
      durations.observe({ controller }, tookMs / 1000);
      if (result === 'retry' || result === 'conflict') retries.inc({ controller });
    },
    queued: (controller, depth) => void depths.set(controller, depth),
    eventEnded: result => events.inc({ result }),
    leads: isLeading => leading.set(isLeading ? 1 : 0),
    leaseWritten: succeeded => leaseWrites.inc({ result: succeeded ? 'succeeded' : 'failed' }),
    listed: (resource, count) => {
      lists.inc({ resource });
      objects.set({ resource }, count);
    },
    watchEnded: (resource, why) => watchEnds.inc({ resource, why })
  };
}
