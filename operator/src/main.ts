/** The operator's process: reads its configuration and puts the parts together. */
import { randomBytes } from 'node:crypto';
import { KubeConfig } from '@kubernetes/client-node';
import { type ActivityCaches, createNamespaceCache } from './controllers/activity/activity-caches.js';
import { createActivityController } from './controllers/activity/activity-controller.js';
import { ACTIVITY_FIELD_MANAGER } from './controllers/activity/activity-writer.js';
import { createWorkspaceCaches, type WorkspaceCaches } from './controllers/workspace/caches.js';
import type { WorkspaceSettings } from './controllers/workspace/children.js';
import { createWorkspaceController } from './controllers/workspace/workspace-controller.js';
import { type OperatorConfig, readOperatorConfig } from './operator-config.js';
import { ApiClient } from './runtime/api-client.js';
import { machineClock as clock } from './runtime/clock.js';
import { EventRecorder } from './runtime/events.js';
import { LeaderElection } from './runtime/leader-election.js';
import { ListWatch } from './runtime/list-watch.js';
import { createLog, type Log } from './runtime/log.js';
import { createMetrics, type Metrics } from './runtime/metrics.js';
import type { ObjectCache } from './runtime/object-cache.js';
import { runOperator, type WatchedCache } from './runtime/operator.js';

const FIELD_MANAGER = 'berth-operator';
const LEASE = 'berth-operator';
/** Shorter than a third of the lease: what was sent while we led has ended before another leads. */
const WRITE_TIMEOUT_MS = 4_000;

async function main(): Promise<number> {
  const config = readOperatorConfig(process.env);
  const log = createLog({ level: config.logLevel });
  const metrics = createMetrics();
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromDefault();
  const { random } = Math;
  const dateMs = (): number => Date.now();
  // A container that is started again has its pod's name again, and is another process.
  const identity = `${config.identity}_${randomBytes(4).toString('hex')}`;
  const watcher = ApiClient.fromKubeConfig(kubeConfig, { fieldManager: FIELD_MANAGER });
  const election = new LeaderElection({
    client: ApiClient.fromKubeConfig(kubeConfig, { fieldManager: FIELD_MANAGER }),
    lease: { namespace: config.namespace, name: LEASE },
    identity,
    clock,
    random,
    dateMs,
    log,
    metrics
  });
  const guard = (): void => election.assertLeading();
  const writerAs = (fieldManager: string): ApiClient =>
    ApiClient.fromKubeConfig(kubeConfig, {
      fieldManager,
      requestTimeoutMs: WRITE_TIMEOUT_MS,
      guard
    });
  const client = writerAs(FIELD_MANAGER);
  const events = new EventRecorder({ client, instance: identity, clock, dateMs, log, metrics });
  const caches = { ...createWorkspaceCaches(config.catalogueNamespace), namespaces: createNamespaceCache() };
  const parts = { caches, events, clock, random, log, metrics };
  const workspaces = createWorkspaceController({
    ...parts,
    client,
    settings: settingsOf(config),
    workers: config.workers,
    now: () => new Date()
  });
  const activity = createActivityController({
    ...parts,
    client: writerAs(ACTIVITY_FIELD_MANAGER),
    agentKey: config.agentKey,
    policy: config.idlePolicy,
    nowMs: dateMs,
    guard
  });
  return runOperator({
    watched: watchedCaches(caches, watcher, log, metrics),
    election,
    controllers: [workspaces, activity],
    health: { port: config.healthPort },
    log,
    metrics
  });
}

function settingsOf({ namespace, catalogueNamespace, agentKey, workspaceUid }: OperatorConfig): WorkspaceSettings {
  const uid = workspaceUid === undefined ? {} : { uid: workspaceUid };
  return { platformNamespace: namespace, catalogueNamespace, agentKey, ...uid };
}

type Caches = WorkspaceCaches & Pick<ActivityCaches, 'namespaces'>;

function watchedCaches(caches: Caches, client: ApiClient, log: Log, metrics: Metrics): WatchedCache[] {
  const all: readonly ObjectCache<never>[] = Object.values(caches);
  return all.map(cache => ({
    cache,
    listWatch: new ListWatch(client, cache, { clock, random: Math.random, log, metrics })
  }));
}

try {
  process.exit(await main());
} catch (error) {
  console.error(`berth-operator: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
