/** The operator's process: reads its configuration and puts the parts together. */
import { randomBytes } from 'node:crypto';
import { KubeConfig } from '@kubernetes/client-node';
import {
  createWorkspaceCaches,
  watchForWorkspaces,
  type WorkspaceCaches,
  workspaceKeys
} from './controllers/workspace/caches.js';
import type { WorkspaceSettings } from './controllers/workspace/children.js';
import { WorkspaceReconciler } from './controllers/workspace/workspace-reconciler.js';
import { type OperatorConfig, readOperatorConfig } from './operator-config.js';
import { ApiClient } from './runtime/api-client.js';
import { machineClock as clock } from './runtime/clock.js';
import { Controller } from './runtime/controller.js';
import { EventRecorder } from './runtime/events.js';
import { LeaderElection } from './runtime/leader-election.js';
import { ListWatch } from './runtime/list-watch.js';
import { createLog, type Log } from './runtime/log.js';
import { createMetrics, type Metrics } from './runtime/metrics.js';
import type { ObjectCache } from './runtime/object-cache.js';
import { runOperator, type WatchedCache } from './runtime/operator.js';
import { WorkQueue } from './runtime/work-queue.js';

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
  const client = ApiClient.fromKubeConfig(kubeConfig, {
    fieldManager: FIELD_MANAGER,
    requestTimeoutMs: WRITE_TIMEOUT_MS,
    guard: () => election.assertLeading()
  });
  const events = new EventRecorder({ client, instance: identity, clock, dateMs, log, metrics });
  const caches = createWorkspaceCaches(config.catalogueNamespace);
  const queue = new WorkQueue({ clock, random });
  watchForWorkspaces(caches, key => queue.add(key));
  const reconciler = new WorkspaceReconciler({
    client,
    caches,
    events,
    settings: settingsOf(config),
    now: () => new Date()
  });
  const controller = new Controller({
    name: 'workspace',
    queue,
    reconciler,
    workers: config.workers,
    keys: () => workspaceKeys(caches),
    clock,
    log,
    metrics
  });
  return runOperator({
    watched: watchedCaches(caches, watcher, log, metrics),
    election,
    controllers: [controller],
    health: { port: config.healthPort },
    log,
    metrics
  });
}

function settingsOf({ namespace, catalogueNamespace, workspaceUid }: OperatorConfig): WorkspaceSettings {
  return { platformNamespace: namespace, catalogueNamespace, ...(workspaceUid !== undefined && { uid: workspaceUid }) };
}

function watchedCaches(caches: WorkspaceCaches, client: ApiClient, log: Log, metrics: Metrics): WatchedCache[] {
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
