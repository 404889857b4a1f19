import { expect, test } from '@jest/globals';
import { createMetrics } from './metrics.js';

test('what the runtime counts is found in the registry, beside the figures of Node', async () => {
  const metrics = createMetrics();
  metrics.queued('workspaces', () => 3);
  metrics.taken('workspaces', 40);
  metrics.reconciled('workspaces', 'success', 200);
  metrics.reconciled('workspaces', 'conflict', 300);
  metrics.eventEnded('sent');
  metrics.leads(true);
  metrics.leaseWritten(false);
  metrics.listed('pods', 12);
  metrics.watchEnded('pods', 'expired');
  const lines = (await metrics.registry.metrics()).split('\n');
  for (const want of [
    'berth_operator_queue_depth{controller="workspaces"} 3',
    'berth_operator_queue_wait_seconds_sum{controller="workspaces"} 0.04',
    'berth_operator_reconciles_total{controller="workspaces",result="success"} 1',
    'berth_operator_reconcile_duration_seconds_sum{controller="workspaces"} 0.5',
    'berth_operator_retries_total{controller="workspaces"} 1',
    'berth_operator_events_total{result="sent"} 1',
    'berth_operator_leading 1',
    'berth_operator_lease_writes_total{result="failed"} 1',
    'berth_operator_listed_objects{resource="pods"} 12',
    'berth_operator_lists_total{resource="pods"} 1',
    'berth_operator_watch_ends_total{resource="pods",why="expired"} 1'
  ]) {
    expect(lines).toContain(want);
  }
  expect(lines.some(line => line.startsWith('nodejs_eventloop_lag_seconds '))).toBe(true);
});

test('before it has led it says that it does not', async () => {
  expect(await createMetrics().registry.metrics()).toContain('berth_operator_leading 0');
});
