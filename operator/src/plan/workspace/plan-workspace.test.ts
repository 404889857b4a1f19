/** What a person sees of a workspace, symptom by symptom. */
import { describe, expect, test } from '@jest/globals';
import { runs, stops } from './life-symptoms.testkit.js';
import { planWorkspace, type WorkspaceAction } from './plan-workspace.js';
import { refusedReport } from './refused-report.js';
import { NOW, secondsAgo, type SeenBuilder, seenWorkspace } from './seen.testkit.js';
import { obstacles, starts, type Symptom } from './start-symptoms.testkit.js';
import type { ReadyReason, WorkspacePhase, WorkspaceReport } from './workspace-report.js';

/** Programs and people rely on these pairs. */
const PHASE_OF: Readonly<Record<ReadyReason, WorkspacePhase>> = {
  Running: 'Running',
  Stopped: 'Stopped',
  Stopping: 'Stopping',
  Starting: 'Starting',
  SlowStart: 'Starting',
  Restarting: 'Starting',
  NotAnswering: 'Running',
  NodeLost: 'Pending',
  Unschedulable: 'Pending',
  QuotaExceeded: 'Pending',
  ImagePullFailed: 'Failed',
  CrashLooping: 'Failed',
  OutOfMemory: 'Failed',
  NotAllowed: 'Failed',
  Refused: 'Failed',
  HomeLost: 'Failed',
  HomeOfAnother: 'Failed',
  EnvironmentNotFound: 'Failed',
  ComputeClassNotFound: 'Failed',
  ComputeClassExceeded: 'Failed',
  NameTaken: 'Failed',
  PodNotFound: 'Pending'
};

const fresh = seenWorkspace('a');
const running = fresh.running();

const shorten = (action: WorkspaceAction): string => {
  if (action.kind === 'apply') return `apply ${action.child}`;
  return action.kind === 'delete-pod' ? `delete-pod ${action.why}` : action.kind;
};

function reportOf({ seen, refusal }: Symptom): WorkspaceReport {
  const { report } = planWorkspace(seen.obj(), NOW);
  return refusal === undefined ? report : refusedReport(report, refusal, seen.obj().reported, NOW).report;
}

const cases = [...starts, ...obstacles, ...runs, ...stops];

describe('planWorkspace', () => {
  test.each(cases)('$name', one => {
    const { seen, want, wantSaid, wantDone = [], wantRestart, wantPhase } = one;
    const report = reportOf(one);
    expect(report).toMatchObject({
      phase: wantPhase ?? PHASE_OF[want],
      ready: { status: want === 'Running' ? 'True' : 'False', reason: want }
    });
    for (const said of wantSaid) expect(report.ready.message).toContain(said);
    expect(report.ready.message).not.toMatch(/undefined|\.\.|\. \.|NaN/);
    expect(report.ready.message).toMatch(/^.+\.$/s);
    expect(planWorkspace(seen.obj(), NOW).actions.map(shorten)).toEqual(wantDone);
    expect(report.restartNeeded !== undefined).toBe(wantRestart === true);
  });

  test('there is a symptom for every reason that a workspace of ours can have', () => {
    const reached = new Set(cases.map(({ want }) => want));
    expect(Object.keys(PHASE_OF).filter(reason => !reached.has(reason as ReadyReason))).toEqual(['PodNotFound']);
  });

  test('a pod that is ended is ended in the state in which it was judged', () => {
    const { actions } = planWorkspace(running.stopped().withPod({ uid: 'u', resourceVersion: '12' }).obj(), NOW);
    expect(actions).toEqual([{ kind: 'delete-pod', uid: 'u', resourceVersion: '12', why: 'stopped' }]);
  });

  test('a start is looked at again at the moment at which it has taken long', () => {
    const seen = fresh.starting({ createdAtMs: secondsAgo(299) }).obj();
    const { recheckAfterMs, report } = planWorkspace(seen, NOW);
    expect([report.ready.reason, recheckAfterMs]).toEqual(['Starting', 1_000]);
  });
});

describe('an adopted workspace', () => {
  const adopted = fresh.adopting('jupyter-ada');
  const ours = { belongs: 'foreign', asWanted: false } as const;

  test.each<[string, SeenBuilder, ReadyReason, string]>([
    ['its pod is not there, or lacks the label', adopted, 'PodNotFound', 'must set the label'],
    ['it answers', adopted.withPod(ours), 'Running', 'Another system starts and stops'],
    ['it is being started', adopted.withPod({ ...ours, phase: 'Pending', ready: false }), 'SlowStart', 'Starting'],
    [
      'its image cannot be had',
      adopted.withPod({
        ...ours,
        phase: 'Pending',
        ready: false,
        waiting: { reason: 'ErrImagePull', message: 'denied' }
      }),
      'ImagePullFailed',
      'denied.'
    ],
    ['its node is lost', adopted.withPod({ ...ours, nodeReports: false }), 'NodeLost', 'no longer reports'],
    ['it ends', adopted.withPod({ ...ours, deleting: true }), 'Stopping', 'ends or has ended'],
    ['it has ended', adopted.withPod({ ...ours, phase: 'Failed' }), 'Stopping', 'ended']
  ])('%s: it is said and nothing is done', (_, seen, want, wantSaid) => {
    const { actions, report } = planWorkspace(seen.obj(), NOW);
    expect(actions).toEqual([]);
    expect(report).toMatchObject({ phase: 'Adopted', ready: { reason: want } });
    expect(report.ready.message).toContain(wantSaid);
  });
});
