/** The promises about what is idle, each for any course of events: one that works, rests, hides, and whose clock jumps. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { EVERY_S, input, policies, START_T } from './activity.testkit.js';
import {
  activityOf,
  always,
  ANY,
  anyPolicy,
  anyStep,
  duesOf,
  firstDue,
  hear,
  JUMPS,
  readingsOf,
  RESTFUL,
  ROUNDS,
  steps,
  type Step
} from './course.testkit.js';
import { planActivity } from './plan-activity.js';

describe('nothing goes', () => {
  test('without two fresh looks in a row that saw it idle, after it was announced', () => {
    const known = anyPolicy.map(part => ({ ...part, unknownMaxSeconds: null }));
    let found = 0;
    fc.assert(
      fc.property(steps(ANY, JUMPS), known, (course, part) => {
        const heard = hear(course, part);
        for (const { at, due } of duesOf(heard)) {
          found += 1;
          const looks = heard.slice(at - 1, at + 1);
          expect(looks.map(look => activityOf(look, due.subject.kind))).toEqual(['idle', 'idle']);
          for (const { reading } of looks) expect(reading).toHaveProperty('evidence');
          const [before, last] = looks.map(({ reading }) => reading.t);
          expect((last ?? 0) - (before ?? 0)).toBeGreaterThan(0);
          expect((last ?? 0) - (before ?? 0)).toBeLessThanOrEqual(60);
        }
      }),
      ROUNDS
    );
    expect(found).toBeGreaterThan(10);
  });

  test('sooner after its announcement than the policy says, and never without one', () => {
    let found = 0;
    always(steps(ANY, JUMPS), (course, part) => {
      const heard = hear(course, part);
      for (const { at, due } of duesOf(heard)) {
        found += 1;
        const told = heard
          .slice(0, at + 1)
          .findLast(({ plan }) => plan.announced.some(({ kind }) => kind === due.subject.kind));
        expect(told?.nowMs).toBe(due.announcedMs);
        expect(due.atMs - due.announcedMs).toBeGreaterThanOrEqual((part.warnSeconds ?? 0) * 1000);
        expect(due.idleMs).toBeGreaterThanOrEqual((part.warnSeconds ?? 0) * 1000);
      }
    });
    expect(found).toBeGreaterThan(10);
  });

  test('on a reading that is old or of the future, however idle it was', () => {
    const old = fc.constantFrom(-86_400_000, -61_000, 61_000, 86_400_000);
    fc.assert(
      fc.property(steps(), anyPolicy, old, (course, part, offMs) => {
        const readings = readingsOf(course);
        const nowMs = (readings.at(-1)?.t ?? 0) * 1000;
        const first = planActivity(input({ readings, policies: policies(part), nowMs: nowMs - 3_600_000 }));
        const later = planActivity(input({ memory: first.memory, policies: policies(part), nowMs: nowMs + offMs }));
        expect([...first.due, ...later.due]).toEqual([]);
      }),
      ROUNDS
    );
  });

  test('in a dry run, or while it is switched off', () => {
    let would = 0;
    always(steps(RESTFUL), (course, part) => {
      const dry = hear(course, { ...part, dryRun: true });
      would += dry.flatMap(({ plan }) => plan.wouldBeDue).length;
      expect(duesOf(dry)).toEqual([]);
      const off = hear(course, { ...part, enabled: false });
      expect(off.flatMap(({ plan }) => [...plan.due, ...plan.wouldBeDue, ...plan.announced])).toEqual([]);
    });
    expect(would).toBeGreaterThan(10);
  });

  test('sooner than at the limit, counted in time that was observed idle', () => {
    always(steps(ANY, JUMPS), (course, part) => {
      for (const { due } of duesOf(hear(course, part))) {
        const { softSeconds, hardSeconds } = part[due.subject.kind] ?? {};
        const limitS = due.limit === 'soft' ? softSeconds : hardSeconds;
        expect(due.idleMs).toBeGreaterThanOrEqual((limitS ?? Infinity) * 1000);
      }
    });
  });
});

describe('what is missing never brings the end nearer', () => {
  test('not looks that failed, compared with the same course without them', () => {
    const known = anyPolicy.map(part => ({ ...part, unknownMaxSeconds: null }));
    fc.assert(
      fc.property(steps(RESTFUL), fc.array(fc.nat(80), { maxLength: 20 }), known, (course, where, part) => {
        const calm = course.map(step => ({ ...step, waits: false }));
        const fails = new Set(where);
        // A look that failed is added in the middle of a step: the rest of it follows.
        const hidden = calm.flatMap((step, index): Step[] =>
          fails.has(index)
            ? [
                { ...step, kind: 'fail', passS: 7 },
                { ...step, passS: step.passS - 7 }
              ]
            : [step]
        );
        const [with_, without] = [hear(hidden, part), hear(calm, part)];
        for (const kind of ['kernel', 'workspace'] as const) {
          expect(firstDue(with_, kind)).toBeGreaterThanOrEqual(firstDue(without, kind));
        }
      }),
      ROUNDS
    );
  });

  test('not time that nobody observed', () => {
    // Of processor time a gap shows only the mean, which may hide a moment's work; that a cell ran or somebody typed it cannot hide.
    const shown = steps([...RESTFUL, 'run', 'type', 'hide', 'fail']);
    fc.assert(
      fc.property(shown, fc.nat(79), fc.constantFrom(61, 600, 36_000), anyPolicy, (course, at, gapS, part) => {
        const calm = course.map(step => ({ ...step, waits: false }));
        const missing = calm.map((step, index) => (index === at ? { ...step, passS: step.passS + gapS } : step));
        const [with_, without] = [hear(missing, part), hear(calm, part)];
        for (const kind of ['kernel', 'workspace'] as const) {
          expect(firstDue(with_, kind)).toBeGreaterThanOrEqual(firstDue(without, kind));
        }
      }),
      ROUNDS
    );
  });
});

test('anything that shows activity never brings the end nearer', () => {
  const active = fc.constantFrom<Step['kind']>('work', 'run', 'type', 'child');
  fc.assert(
    fc.property(
      steps(RESTFUL),
      fc.array(fc.tuple(fc.nat(79), active), { maxLength: 5 }),
      anyPolicy,
      (course, adds, part) => {
        const added = new Map(adds);
        const busier = course.map((step, index) => ({ ...step, kind: added.get(index) ?? step.kind }));
        const [with_, without] = [hear(busier, part), hear(course, part)];
        for (const kind of ['kernel', 'workspace'] as const) {
          expect(firstDue(with_, kind)).toBeGreaterThanOrEqual(firstDue(without, kind));
        }
      }
    ),
    ROUNDS
  );
});

test('what is unknown for ever goes once its limit and the limit of the idle are over, and not before', () => {
  const blind = fc.array(anyStep(['hide', 'fail']), { minLength: 60, maxLength: 80 });
  const limited = anyPolicy.map(part => ({ ...part, unknownMaxSeconds: 120, kernel: { hardSeconds: 90 } }));
  fc.assert(
    fc.property(blind, limited, (course, part) => {
      const due = firstDue(hear(course, part), 'kernel') / 1000 - START_T;
      const warnS = part.warnSeconds ?? 0;
      expect(due).toBeGreaterThanOrEqual(120 + 90);
      expect(due).toBeLessThanOrEqual(120 + Math.max(90, warnS) + 3 * EVERY_S);
    }),
    ROUNDS
  );
});

test('it is always looked at again: at once never, and at the latest after a quarter of what an agent keeps', () => {
  always(steps(ANY, JUMPS), (course, part) => {
    for (const { plan } of hear(course, part)) {
      expect(plan.recheckAfterMs).toBeGreaterThanOrEqual(1_000);
      expect(plan.recheckAfterMs).toBeLessThanOrEqual(1_800_000);
    }
  });
});
