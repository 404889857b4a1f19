/** What holds for every observation, however odd: nobody loses work, files or what is theirs. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { anyPod, anySeen, anySeenOfOurs } from './any-seen.testkit.js';
import { planWorkspace, type AppliedChild, type WorkspaceAction, type WorkspacePlan } from './plan-workspace.js';
import { refusedReport } from './refused-report.js';
import { CHILDREN, NOW, NOW_MS } from './seen.testkit.js';
import type { SeenPod, SeenWorkspace } from './seen-workspace.js';

const ROUNDS = { numRuns: 600 };
/** Where few of those that are made up matter. */
const MANY_ROUNDS = { numRuns: 4000 };
const planOf = (seen: SeenWorkspace): WorkspacePlan => planWorkspace(seen, NOW);
const kindsOf = ({ actions }: WorkspacePlan): string[] => actions.map(({ kind }) => kind);
const appliedIn = (actions: readonly WorkspaceAction[]): AppliedChild[] =>
  actions.flatMap(action => (action.kind === 'apply' ? [action.child] : []));

/** Checks what is planned for every observation that `which` draws. */
function always(
  which: fc.Arbitrary<SeenWorkspace>,
  check: (seen: SeenWorkspace, plan: WorkspacePlan) => void,
  rounds = ROUNDS
): void {
  fc.assert(
    fc.property(which, seen => check(seen, planOf(seen))),
    rounds
  );
}

const wantedRunning = anySeenOfOurs.map(seen => ({ ...seen, running: true }));
/** Those that are wanted running, with a pod of theirs that `like` has changed. */
const withPod = (like: (pod: SeenPod) => SeenPod): fc.Arbitrary<SeenWorkspace> =>
  fc.tuple(wantedRunning, anyPod).map(([seen, pod]) => ({ ...seen, pod: like({ ...pod, belongs: 'ours' }) }));

describe('nobody loses work', () => {
  test('a pod that answers and is wanted running is never deleted', () => {
    const answers = withPod(pod => ({ ...pod, ready: true, phase: 'Running' }));
    always(answers, (_, plan) => expect(kindsOf(plan)).not.toContain('delete-pod'));
  });

  test('nor is one whose process runs, however it may have fared before', () => {
    const runs = withPod(({ waiting: _waiting, unschedulable: _unschedulable, ...pod }) => ({
      ...pod,
      phase: 'Running'
    }));
    always(runs, (_, plan) => expect(kindsOf(plan)).not.toContain('delete-pod'));
  });

  test('nor is one on a node that does not report, unless it is known to be over', () => {
    const lost = withPod(pod => ({ ...pod, node: 'node-1', nodeReports: false }));
    always(lost, ({ pod }, plan) => {
      if (pod?.phase !== 'Failed' && pod?.phase !== 'Succeeded') expect(kindsOf(plan)).not.toContain('delete-pod');
    });
  });

  test('at most one pod is deleted, the one that was seen, once', () => {
    always(anySeen, ({ pod }, { actions }) => {
      const deleted = actions.filter(action => action.kind === 'delete-pod');
      expect(deleted.length).toBeLessThanOrEqual(1);
      for (const { uid, resourceVersion } of deleted) {
        expect([uid, resourceVersion, false]).toEqual([pod?.uid, pod?.resourceVersion, pod?.deleting]);
      }
    });
  });
});

describe('everything that is not its own is left alone', () => {
  test('where something else has one of its names, nothing is done but to end its own pod that is to stop', () => {
    always(anySeen, (seen, { actions }) => {
      if (!CHILDREN.some(child => seen[child]?.belongs === 'foreign')) return;
      const isToEnd = seen.adoptedPod === undefined && !seen.deleting && !seen.running && seen.pod?.belongs === 'ours';
      const ends = isToEnd && seen.pod?.deleting === false;
      expect(actions.map(({ kind }) => kind)).toEqual(ends ? ['delete-pod'] : []);
    });
  });

  test('the home of somebody else is never written', () => {
    always(anySeen, ({ home, owner }, { actions }) => {
      if (home !== undefined && home.owner !== owner) expect(appliedIn(actions)).not.toContain('home');
    });
  });

  test('a workspace that is being deleted is left to the garbage collector', () => {
    const deleted = anySeen.map(seen => ({ ...seen, deleting: true }));
    always(deleted, (_, { actions, report }) => {
      expect(actions).toEqual([]);
      expect(report.phase).toBe('Stopping');
    });
  });

  test('the pod of another system is only looked at', () => {
    const adopted = anySeen.map(seen => ({ ...seen, adoptedPod: 'jupyter-ada' }));
    always(adopted, (_, { actions, report }) => {
      expect(actions).toEqual([]);
      expect(report.phase).toBe('Adopted');
    });
  });
});

describe('a pod is made only when all is there', () => {
  test('never while there is one, and never for a workspace that is to be stopped', () => {
    always(anySeen, ({ pod, running }, plan) => {
      if (pod !== undefined || !running) expect(kindsOf(plan)).not.toContain('create-pod');
    });
  });

  test('after its NetworkPolicy, its account, its home and its token', () => {
    const needed = { 'service-account': 'serviceAccount', 'network-policy': 'networkPolicy', home: 'home' } as const;
    const withoutPod = wantedRunning.map(({ pod: _pod, ...seen }) => seen as SeenWorkspace);
    let made = 0;
    always(
      withoutPod,
      (seen, plan) => {
        const kinds = kindsOf(plan);
        const at = kinds.indexOf('create-pod');
        if (at < 0) return;
        made += 1;
        const before = plan.actions.slice(0, at);
        expect(before.map(({ kind }) => kind)).toContain('create-token');
        for (const [applied, child] of Object.entries(needed)) {
          const is = seen[child];
          if (is === undefined) expect(appliedIn(before)).toContain(applied);
          else expect([is.deleting, is.belongs === 'previous']).toEqual([false, false]);
        }
        expect(kinds.slice(at + 1)).toEqual([]);
      },
      MANY_ROUNDS
    );
    expect(made).toBeGreaterThan(10);
  });

  test('never on a home that is going, is gone, or is not this person’s', () => {
    always(wantedRunning, ({ home, owner }, plan) => {
      if (!kindsOf(plan).includes('create-pod') || home === undefined) return;
      expect([home.owner, home.deleting]).toEqual([owner, false]);
      expect(home.phase).not.toBe('Lost');
    });
  });
});

describe('what is said', () => {
  test('is the same for the same observation, which is not changed', () => {
    always(anySeen, (seen, plan) => {
      const before = structuredClone(seen);
      expect(planOf(seen)).toEqual(plan);
      expect(seen).toEqual(before);
    });
  });

  test('is whole sentences, with nothing missing in them', () => {
    always(anySeen, (_, { report }) => {
      const said = [report.ready.message, report.home?.message, report.restartNeeded].filter(one => one !== undefined);
      for (const message of said) expect(message).toMatch(/^\S(?!.*undefined|.*NaN|.*: \. ).*[.!?]$/s);
    });
  });

  test('Ready and Running are one, and need a pod that answers', () => {
    always(anySeen, ({ pod }, { report }) => {
      expect(report.ready.status === 'True').toBe(report.ready.reason === 'Running');
      if (report.ready.status === 'True') expect(pod?.ready).toBe(true);
      if (report.restartNeeded !== undefined) expect([report.phase, pod?.asWanted]).toEqual(['Running', false]);
    });
  });

  test('it is looked at again in finite time, and never at once', () => {
    always(anySeen, (_, { recheckAfterMs }) => {
      if (recheckAfterMs === undefined) return;
      expect(recheckAfterMs).toBeGreaterThan(0);
      expect(recheckAfterMs).toBeLessThanOrEqual(310_000);
    });
  });
});

describe('after a refusal', () => {
  const anyRefusal = fc.record({
    kind: fc.constantFrom('quota', 'not-allowed', 'home-unchanged', 'name-taken', 'refused'),
    message: fc.constantFrom('exceeded quota', 'It may not.')
  });

  test('it is tried again after 5 to 60 seconds, whatever was reported and whatever the clock says', () => {
    fc.assert(
      fc.property(anySeen, anyRefusal, fc.integer({ min: -100_000_000, max: 100_000_000 }), (seen, refusal, skewMs) => {
        const now = new Date(NOW_MS + skewMs);
        const { recheckAfterMs, report } = refusedReport(planOf(seen).report, refusal, seen.reported, now);
        expect(recheckAfterMs).toBeGreaterThanOrEqual(5_000);
        expect(recheckAfterMs).toBeLessThanOrEqual(60_000);
        expect(report.ready.message).toMatch(/[.!?]$/);
      }),
      ROUNDS
    );
  });
});
