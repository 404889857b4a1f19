/**
 * The life of an operator's process: it watches, waits until it has seen everything, stands for election, leads, and hands over.
 *
 * A standby watches too, so that it can lead at once. On SIGTERM the work in hand is finished and the lease given back; a second
 * signal ends the process there and then. A process that has lost leadership ends: nothing of its old view lives on.
 */
import { machineClock, type Clock, delay } from './clock.js';
import type { Controller } from './controller.js';
import { type HealthOptions, startHealthServer } from './health-server.js';
import { isNotLeading, type LeaderElection } from './leader-election.js';
import type { ListWatch } from './list-watch.js';
import type { Log } from './log.js';
import type { Metrics } from './metrics.js';
import type { ApiObject, Resource } from './resource.js';

export interface WatchedCache {
  readonly cache: { readonly resource: Resource; readonly isSynced: boolean };
  readonly listWatch: Pick<ListWatch<ApiObject>, 'run' | 'lastActiveMs'>;
}

export interface OperatorParts {
  readonly watched: readonly WatchedCache[];
  readonly election: Pick<LeaderElection, 'run'>;
  readonly controllers: readonly (Pick<Controller, 'run' | 'isStuck'> & { readonly name: string })[];
  readonly health: Pick<HealthOptions, 'host' | 'port'>;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock?: Clock;
  readonly signals?: Pick<NodeJS.Process, 'on' | 'off'>;
  readonly exit?: (code: number) => void;
}

/** A watch hears a bookmark every minute and is made anew every few; one that did nothing for so long is stuck. */
const STUCK_AFTER_MS = 15 * 60_000;
const SYNC_LOOK_MS = 100;

/**
 * Runs until it is told to end, or has lost leadership. Returns the exit code; the caller ends the process with it at once.
 * @throws where the health port is taken.
 */
export async function runOperator(parts: OperatorParts): Promise<number> {
  const { log, watched, health, metrics } = parts;
  const stop = new AbortController();
  const endWatches = new AbortController();
  const server = await startHealthServer({
    ...health,
    registry: metrics.registry,
    illnesses: () => illnesses(parts),
    unready: () => notSynced(parts)
  });
  const forget = onSignals(parts, stop);
  log.info('watches', { resources: watched.map(({ cache }) => cache.resource.plural), healthPort: server.port });
  const watches = Promise.all(watched.map(({ listWatch }) => listWatch.run(endWatches.signal)));
  const failure = watches.then(() => new Promise<never>(() => undefined));
  try {
    await Promise.race([failure, standAndLead(parts, stop.signal)]);
    log.info('has ended as it was told');
    return 0;
  } catch (error: unknown) {
    if (isNotLeading(error)) log.warn('leadership is lost: this process ends', { error });
    else log.error('this process ends: it cannot go on', { error });
    return 1;
  } finally {
    forget();
    endWatches.abort();
    await server.close();
  }
}

async function standAndLead(parts: OperatorParts, signal: AbortSignal): Promise<void> {
  const { election, controllers, log, clock = machineClock } = parts;
  while (notSynced(parts).length > 0 && !signal.aborted) await delay(clock, SYNC_LOOK_MS, signal);
  if (signal.aborted) return;
  log.info('has seen everything');
  await election.run({
    signal,
    lead: async lost => void (await Promise.all(controllers.map(controller => controller.run(signal, lost))))
  });
}

function notSynced({ watched }: OperatorParts): string[] {
  return watched
    .filter(({ cache }) => !cache.isSynced)
    .map(({ cache }) => `${cache.resource.plural} have not been listed yet`);
}

function illnesses({ watched, controllers, clock = machineClock }: OperatorParts): string[] {
  const latestMs = clock.now() - STUCK_AFTER_MS;
  return [
    ...watched
      .filter(({ listWatch }) => listWatch.lastActiveMs < latestMs)
      .map(({ cache }) => `the watch of ${cache.resource.plural} is stuck`),
    ...controllers.filter(({ isStuck }) => isStuck).map(({ name }) => `a reconcile of ${name} does not end`)
  ];
}

/** Returns what takes the handlers away again. */
function onSignals(parts: OperatorParts, stop: AbortController): () => void {
  const { log, signals = process, exit = code => process.exit(code) } = parts;
  const handle = (name: NodeJS.Signals) => {
    if (stop.signal.aborted) return exit(1);
    log.info('is told to end', { signal: name });
    stop.abort();
  };
  signals.on('SIGTERM', handle).on('SIGINT', handle);
  return () => void signals.off('SIGTERM', handle).off('SIGINT', handle);
}
