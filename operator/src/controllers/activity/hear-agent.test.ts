/** What an agent may say that is not so. */
import { describe, expect, test } from '@jest/globals';
import { MAX_SNOOZES, type Workspace } from '../../api/index.js';
import type { AgentSays, GrantedSnooze, Subject } from '../../plan/activity/index.js';
import { makeWorkspace } from '../workspace/served.testkit.js';
import { cachesOf } from '../workspace/served.testkit.js';
import { createNamespaceCache } from './activity-caches.js';
import { activityPolicies } from './activity-policies.js';
import { type ActivityRecord, newRecord } from './activity-record.js';
import { hearAgent, type Step } from './hear-agent.js';

const NOW_MS = Date.UTC(2030, 0, 1);
const BOOT = 'boot-of-the-agent';
const caches = { ...cachesOf({}), namespaces: createNamespaceCache() };
const workspace: Workspace = makeWorkspace();
const fresh = newRecord(workspace, 'pod-1', 0);

const EVIDENCE = { kernels: [], processes: [], terminals: [], input_t: null, tabs: null, leases: [] };
const reading = (seq: number): AgentSays['readings'][number] => {
  return { seq, t: NOW_MS / 1000 - 60 + seq, evidence: EVIDENCE };
};

function says(change: Partial<AgentSays>): AgentSays {
  const none = { readings: [], snoozes: [], done: [], wish: null };
  return { version: 1, boot: BOOT, nowMs: NOW_MS, readEveryMs: 15_000, ...none, ...change };
}

function hear(record: ActivityRecord, change: Partial<AgentSays>, granted: readonly GrantedSnooze[] = []): Step {
  const step = { stepSeconds: 1, budgetSeconds: 86_400, perSeconds: 86_400 };
  const policies = activityPolicies(workspace, caches, { snooze: step }, null);
  return hearAgent(record, { says: says(change) }, { policies, granted, isWaitedFor: false, nowMs: NOW_MS });
}

const asks = (index: number, subject: Subject = { kind: 'workspace' }): AgentSays['snoozes'][number] => {
  return { id: `snooze-${String(index).padStart(4, '0')}`, subject, askedMs: NOW_MS };
};

describe('readings', () => {
  const lookedUpTo = (record: ActivityRecord): number => Math.round((record.memory?.lookT ?? 0) - NOW_MS / 1000 + 60);

  test('are counted once, and the place of the last is kept', () => {
    const first = hear(fresh, { readings: [reading(1), reading(2)] }).record;
    expect([first.cursor, lookedUpTo(first)]).toEqual([{ boot: BOOT, seq: 2 }, 2]);
    const again = hear(first, { readings: [reading(1), reading(2)] }).record;
    expect([again.cursor, again.memory]).toEqual([first.cursor, first.memory]);
  });

  test('that come out of order are left out: a number that has passed does not come back', () => {
    const { record } = hear(fresh, { readings: [reading(5), reading(3), reading(4), reading(6)] });
    expect(record.cursor).toEqual({ boot: BOOT, seq: 6 });
  });

  test('of another life of the agent begin anew', () => {
    const before = hear(fresh, { readings: [reading(40)] }).record;
    const { record } = hear(before, { boot: 'another-life', readings: [reading(1)] });
    expect(record.cursor).toEqual({ boot: 'another-life', seq: 1 });
  });
});

describe('snoozes', () => {
  test('of a flood no more are granted than can be kept: one that was forgotten would be granted again', () => {
    const kept: GrantedSnooze[] = [];
    for (let index = 0; index < 3 * MAX_SNOOZES; index += 1) {
      kept.push(...hear(fresh, { snoozes: [asks(index)] }, kept).grants);
    }
    expect(kept).toHaveLength(MAX_SNOOZES);
    const { record, grants } = hear(fresh, { snoozes: [asks(999)] }, kept);
    expect([grants, record.answers]).toMatchObject([[], [{ granted: false }]]);
    expect(hear(fresh, { snoozes: [asks(3)] }, kept).record.answers).toMatchObject([{ granted: true }]);
  });

  test('of a kernel with a name that no status takes is refused', () => {
    const { record, grants } = hear(fresh, { snoozes: [asks(1, { kind: 'kernel', id: 'a\nb' })] });
    expect([grants, record.answers]).toMatchObject([[], [{ granted: false }]]);
  });

  test('are dated by our clock: an agent whose clock is an hour behind is no replay', () => {
    const behindMs = NOW_MS - 3_600_000;
    const { grants } = hear(fresh, { nowMs: behindMs, snoozes: [{ ...asks(1), askedMs: behindMs }] });
    expect(grants).toMatchObject([{ atMs: NOW_MS }]);
  });
});

test('what was carried out is remembered, up to a bound', () => {
  const ids = Array.from({ length: 90 }, (_, index) => `order-${String(index).padStart(4, '0')}`);
  const first = hear(fresh, { done: ids }).record;
  const more = ids.map(id => `${id}-b`);
  const { done } = hear(first, { done: more }).record;
  expect(done).toHaveLength(100);
  expect(done.slice(-90)).toEqual(more);
});
