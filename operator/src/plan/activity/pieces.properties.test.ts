/** However the readings come, all at once, in pieces, or to a judge that writes down what it knows, the same is said. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { input, policies } from './activity.testkit.js';
import type { PolicyPart } from './activity-policy.js';
import { always, ANY, anyPolicy, JUMPS, readingsOf, ROUNDS, steps, type Step } from './course.testkit.js';
import { planActivity, type ActivityPlan } from './plan-activity.js';

describe('how the readings come makes no difference', () => {
  const cuts = fc.array(fc.nat(80), { maxLength: 10 });
  /** Hears the readings in pieces, all at the same time by the judge's clock. */
  function inPieces(
    course: readonly Step[],
    part: PolicyPart,
    at: readonly number[],
    keep = (plan: ActivityPlan) => plan
  ): ActivityPlan {
    const readings = readingsOf(course);
    const nowMs = Math.round((readings.at(-1)?.t ?? 0) * 1000);
    const bounds = [...new Set([...at, readings.length])].filter(one => one <= readings.length).sort((a, b) => a - b);
    let plan: ActivityPlan | undefined;
    let from = 0;
    for (const to of bounds) {
      plan = planActivity(
        input({
          memory: plan && keep(plan).memory,
          readings: readings.slice(from, to),
          nowMs,
          policies: policies(part)
        })
      );
      from = to;
    }
    if (plan === undefined) throw new Error('there was no piece');
    return plan;
  }

  test('all at once or in pieces', () => {
    fc.assert(
      fc.property(steps(ANY, JUMPS), cuts, anyPolicy, (course, at, part) => {
        const evidenceOf = ({ judgements }: ActivityPlan): unknown =>
          judgements.map(({ next: _next, ...measured }) => measured);
        expect(evidenceOf(inPieces(course, part, at))).toEqual(evidenceOf(inPieces(course, part, [])));
      }),
      ROUNDS
    );
  });

  test('with the memory written down as JSON between the pieces', () => {
    const written = (plan: ActivityPlan): ActivityPlan => JSON.parse(JSON.stringify(plan)) as ActivityPlan;
    fc.assert(
      fc.property(steps(ANY, JUMPS), cuts, anyPolicy, (course, at, part) => {
        expect(inPieces(course, part, at, written)).toEqual(inPieces(course, part, at));
      }),
      ROUNDS
    );
  });

  test('asked again without anything new, the same is said', () => {
    always(steps(ANY, JUMPS), (course, part) => {
      const plan = inPieces(course, part, []);
      const last = readingsOf(course).at(-1)?.t ?? 0;
      const again = planActivity(
        input({ memory: plan.memory, nowMs: Math.round(last * 1000), policies: policies(part) })
      );
      expect({ ...again, announced: plan.announced }).toEqual(plan);
      expect(again.announced).toEqual([]);
    });
  });

  test('what is kept does not grow with time', () => {
    always(steps(ANY, JUMPS), (course, part) => {
      const size = JSON.stringify(inPieces([...course, ...course, ...course], part, []).memory).length;
      expect(size).toBeLessThan(8_000);
    });
  });
});
