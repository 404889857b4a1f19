/** What the activity controller counts, in the registry of the process. */
import { Counter, Gauge, type Registry } from 'prom-client';
import type { ExchangeFailure } from './ask-agent.js';

export type Activity = 'active' | 'idle' | 'unknown';
type Limit = 'soft' | 'hard';

export interface ActivityMetrics {
  readonly exchanged: () => void;
  readonly exchangeFailed: (why: ExchangeFailure) => void;
  readonly announced: (subject: 'kernel' | 'workspace') => void;
  readonly stopped: (limit: Limit) => void;
  readonly reclaimed: (gpuSeconds: number) => void;
}

/** What is so now; asked whenever the metrics are read. */
export interface ActivityFigures {
  readonly workspaces: () => ReadonlyMap<Activity, number>;
  readonly gpusReclaimed: () => number;
}

export function createActivityMetrics(registry: Registry, figures: ActivityFigures): ActivityMetrics {
  const named = <L extends string>(name: string, help: string, ...labelNames: L[]) => {
    return { name: `berth_operator_${name}`, help, labelNames, registers: [registry] };
  };
  const exchanges = new Counter(named('idle_exchanges_total', 'Exchanges with agents that were answered.'));
  const failures = new Counter(named('idle_exchange_failures_total', 'Exchanges that failed, by why.', 'why'));
  const announcements = new Counter(
    named('idle_announcements_total', 'Announcements that something stops.', 'subject')
  );
  const stops = new Counter(named('idle_stops_total', 'Workspaces that were stopped for being idle.', 'limit'));
  const reclaimed = new Counter(
    named('gpu_seconds_reclaimed_total', 'GPUs times seconds from a stop for being idle to the resume; counted then.')
  );
  new Gauge({
    ...named('idle_workspaces', 'Workspaces that run, by what is known of their activity.', 'activity'),
    collect() {
      for (const [activity, count] of figures.workspaces()) this.set({ activity }, count);
    }
  });
  new Gauge({
    ...named('gpus_reclaimed', 'GPUs of the workspaces that are stopped for being idle.'),
    collect() {
      this.set(figures.gpusReclaimed());
    }
  });
  return {
    exchanged: () => exchanges.inc(),
    exchangeFailed: why => failures.inc({ why }),
    announced: subject => announcements.inc({ subject }),
    stopped: limit => stops.inc({ limit }),
    reclaimed: gpuSeconds => reclaimed.inc(gpuSeconds)
  };
}
