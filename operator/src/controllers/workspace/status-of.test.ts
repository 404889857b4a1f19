/** The status that is written. One that says nothing new must be an equal object, or every look would be a write. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { MAX_MESSAGE_LENGTH, type Workspace, WorkspaceStatus } from '../../api/index.js';
import { planWorkspace, type SeenWorkspace, type WorkspaceReport } from '../../plan/workspace/index.js';
import { anySeen } from '../../plan/workspace/any-seen.testkit.js';
import { NOW as SEEN_AT, type SeenBuilder, seenWorkspace } from '../../plan/workspace/seen.testkit.js';
import { IMAGE, makeWorkspace, NOW } from './served.testkit.js';
import { conditionOfType, isSameButForActivity, statusOf } from './status-of.js';

const later = (ms: number): Date => new Date(NOW.getTime() + ms);
const AT = '2030-01-01T00:00:00Z';
const LATER = '2030-01-01T00:01:00Z';

const reportOf = (seen: SeenWorkspace): WorkspaceReport => planWorkspace(seen, SEEN_AT).report;

/** What is written of these, one after the other, a minute apart, as the API server gives it back. */
function written(...sights: SeenBuilder[]): WorkspaceStatus {
  let workspace: Workspace = makeWorkspace();
  for (const [index, sight] of sights.entries()) {
    const seen = sight.obj();
    workspace = { ...workspace, status: throughJson(statusOf(workspace, seen, reportOf(seen), later(index * 60_000))) };
  }
  return workspace.status ?? {};
}

const throughJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
const running = seenWorkspace('a').running();
const busy = running.withPod({ ready: false });

describe('statusOf', () => {
  test('says all of a workspace that runs', () => {
    expect(written(running)).toEqual({
      observedGeneration: 3,
      phase: 'Running',
      message: 'JupyterLab answers.',
      podName: 'ws-a',
      podUid: 'pod-1',
      serviceName: 'ws-a',
      node: 'node-1',
      environmentImage: IMAGE,
      homeUid: 'home-1',
      startedAt: AT,
      conditions: ['Ready', 'EnvironmentReady', 'HomeReady'].map(type =>
        expect.objectContaining({ type, status: 'True', lastTransitionTime: AT, observedGeneration: 3 })
      )
    });
  });

  test('says nothing of a pod that is not its own', () => {
    const status = written(seenWorkspace('a').standing().withPod({ belongs: 'orphan' }));
    for (const field of ['podName', 'podUid', 'node', 'environmentImage', 'startedAt']) {
      expect(status).not.toHaveProperty(field);
    }
  });

  test('names the pod that another system made, and no service and no environment', () => {
    const status = written(seenWorkspace('a').adopting('jupyter-ada').withPod({ belongs: 'foreign' }));
    expect(status).toMatchObject({ phase: 'Adopted', podName: 'jupyter-ada', startedAt: AT });
    expect(status).not.toHaveProperty('serviceName');
    expect(conditionOfType(status, 'EnvironmentReady')).toBeUndefined();
  });

  test('says that a restart is needed only while it is', () => {
    const other = running.withPod({ asWanted: false });
    expect(conditionOfType(written(running, other), 'RestartNeeded')).toMatchObject({
      status: 'True',
      lastTransitionTime: LATER
    });
    expect(conditionOfType(written(running, other, running), 'RestartNeeded')).toBeUndefined();
  });

  test('remembers the home of a workspace that has none now, so that a new one is told from it', () => {
    expect(written(running, seenWorkspace('a').stopped()).homeUid).toBe('home-1');
  });

  test('does not remember the home of somebody else', () => {
    expect(written(seenWorkspace('a').standing().withHome({ owner: 'grace' }))).not.toHaveProperty('homeUid');
  });
});

test('what another controller says of activity, and the order of conditions, make no status another', () => {
  const status = written(running);
  const idle = { ...conditionOfType(status, 'Ready')!, type: 'Idle' as const };
  const [first, ...rest] = status.conditions ?? [];
  const merged = { ...status, conditions: [...rest, idle, first!], activity: { stopAt: LATER } };
  expect(isSameButForActivity(status, merged)).toBe(true);
  expect(isSameButForActivity(status, { ...merged, conditions: rest })).toBe(false);
  expect(isSameButForActivity(status, { ...merged, phase: 'Stopped' })).toBe(false);
  expect(isSameButForActivity(status, undefined)).toBe(false);
});

describe('its times', () => {
  test('stay while nothing changes', () => {
    expect(written(running, running, running)).toEqual(written(running));
  });

  test('a condition has the time of its reason: how long something waits counts from there', () => {
    const status = written(running, busy);
    expect(conditionOfType(status, 'Ready')).toMatchObject({ status: 'False', lastTransitionTime: LATER });
    expect(conditionOfType(status, 'HomeReady')).toMatchObject({ lastTransitionTime: AT });
  });

  test('another reason has a time of its own, also where the status stays what it is', () => {
    const evicted = running.withPod({ ready: false, phase: 'Failed' });
    expect(conditionOfType(written(busy, evicted), 'Ready')).toMatchObject({
      status: 'False',
      reason: 'Restarting',
      lastTransitionTime: LATER
    });
  });

  test('it started when its pod first answered, however busy it was since', () => {
    expect(written(running, busy, running).startedAt).toBe(AT);
  });

  test('another pod starts anew', () => {
    expect(written(running, running.withPod({ uid: 'pod-2' })).startedAt).toBe(LATER);
    expect(written(running, running.stopped().without('pod'), running).startedAt).toBe('2030-01-01T00:02:00Z');
  });

  test('a pod that has never answered has not started', () => {
    expect(written(seenWorkspace('a').starting())).not.toHaveProperty('startedAt');
  });

  test('are whole seconds, as the API server keeps them', () => {
    expect(written(running).startedAt).not.toContain('.');
  });
});

describe('a message that is too long', () => {
  const said = (text: string): string => {
    const seen = seenWorkspace('a').starting({ unschedulable: text }).obj();
    const status = statusOf(makeWorkspace(), seen, reportOf(seen), NOW);
    expect(conditionOfType(status, 'Ready')?.message).toBe(status.message);
    return status.message ?? '';
  };

  test('is cut and says so', () => {
    const message = said('x'.repeat(2 * MAX_MESSAGE_LENGTH));
    expect(message).toHaveLength(MAX_MESSAGE_LENGTH);
    expect(message).toMatch(/x…$/);
  });

  test('is never cut in the middle of a character: the API server would put another in its place', () => {
    for (const before of ['', 'x']) {
      const message = said(before + '😀'.repeat(MAX_MESSAGE_LENGTH));
      expect(() => encodeURIComponent(message)).not.toThrow();
      expect(message.length).toBeLessThanOrEqual(MAX_MESSAGE_LENGTH);
    }
  });
});

describe('whatever is seen', () => {
  const anyWorkspace = makeWorkspace();

  test('the status is one that the API server accepts', () => {
    fc.assert(
      fc.property(anySeen, seen => {
        const status = statusOf(anyWorkspace, seen, reportOf(seen), NOW);
        expect(WorkspaceStatus.safeParse(status).error).toBeUndefined();
        expect(throughJson(status)).toEqual(status);
      })
    );
  });

  test('the same report at another time is no write', () => {
    fc.assert(
      fc.property(anySeen, fc.nat(1_000_000), (seen, ms) => {
        const report = reportOf(seen);
        const status = throughJson(statusOf(anyWorkspace, seen, report, NOW));
        expect(statusOf({ ...anyWorkspace, status }, seen, report, later(ms))).toStrictEqual(status);
      })
    );
  });
});
