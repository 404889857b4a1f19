/**
 * A small operator, as a process, for tests of leading: whoever leads makes ConfigMaps, named after itself and numbered, as fast as it
 * may. The API server's versions of them say afterwards who wrote when.
 *
 * KUBECONFIG, NAMESPACE, LEASE, IDENTITY, DURATION_MS.
 */
import { KubeConfig } from '@kubernetes/client-node';
import { ApiClient } from './api-client.js';
import { machineClock as clock } from './clock.js';
import { Controller } from './controller.js';
import { EventRecorder } from './events.js';
import { LeaderElection } from './leader-election.js';
import { createLog } from './log.js';
import { createMetrics } from './metrics.js';
import { runOperator } from './operator.js';
import type { Resource } from './resource.js';
import { WorkQueue } from './work-queue.js';

const CONFIG_MAPS: Resource = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap', namespaced: true };
const EVERY_MS = 100;

const setting = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
};
const namespace = setting('NAMESPACE');
const identity = setting('IDENTITY');
const durationMs = Number(setting('DURATION_MS'));

const config = new KubeConfig();
config.loadFromDefault();
const log = createLog({ level: 'debug' });
const metrics = createMetrics();
const { random } = Math;
const dateMs = (): number => Date.now();
const election = new LeaderElection({
  client: ApiClient.fromKubeConfig(config, { fieldManager: 'elected-writer' }),
  lease: { namespace, name: setting('LEASE') },
  identity,
  clock,
  random,
  dateMs,
  log,
  metrics,
  durationMs,
  renewMs: durationMs / 5,
  retryMs: durationMs / 15
});
const client = ApiClient.fromKubeConfig(config, {
  fieldManager: 'elected-writer',
  requestTimeoutMs: durationMs / 4,
  guard: () => election.assertLeading()
});
const events = new EventRecorder({ client, instance: identity, clock, dateMs, log, metrics });

let written = 0;
const reconciler = {
  async reconcile(_key: string, signal: AbortSignal) {
    const name = `${identity}-${(written += 1)}`;
    const made = await client.create(CONFIG_MAPS, { metadata: { namespace, name } }, signal);
    const regarding = { ...made, apiVersion: 'v1', kind: 'ConfigMap' };
    if (written === 1) await events.record({ regarding, type: 'Normal', reason: 'Led', message: `${identity} leads.` });
    return { recheckAfterMs: EVERY_MS };
  }
};
const queue = new WorkQueue({ clock, random });
const keys = () => ['pulse'];
const controller = new Controller({ name: 'writer', queue, reconciler, workers: 1, keys, clock, log, metrics });
const health = { host: '127.0.0.1', port: 0 };
process.exit(await runOperator({ watched: [], election, controllers: [controller], health, log, metrics }));
