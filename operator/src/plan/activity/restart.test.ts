/** A judge that is ended and started again, in the middle of what it has announced. */
import { describe, expect, test } from '@jest/globals';
import {
  announcedAt,
  at,
  firstDue,
  input,
  judgementOf,
  kernel,
  KERNEL,
  same,
  SOMEBODY_WAITS
} from './activity.testkit.js';
import { planActivity, rememberAnnouncement, type ActivityInput, type ActivityPlan } from './plan-activity.js';

describe('a judge that is started again', () => {
  const restarted = (history: Partial<ActivityInput>, ...announced: number[]): ActivityPlan => {
    const memory = announced.reduce<ActivityPlan['memory'] | undefined>(
      (known, seconds) => rememberAnnouncement(known, KERNEL, at(seconds)),
      undefined
    );
    return planActivity(input({ memory, ...history }));
  };
  const goOn = (plan: ActivityPlan, from: number, to: number): ActivityPlan[] => {
    const plans = [plan];
    for (const reading of same(from, to)) {
      plans.push(planActivity(input({ memory: plans.at(-1)?.memory, readings: [reading] })));
    }
    return plans;
  };

  test('goes on in the middle of a warning: nothing is announced twice, nor stopped before or after its time', () => {
    const plans = goOn(restarted({ readings: same(0, 540) }, 465), 555, 660);
    expect([plans.flatMap(({ announced }) => announced), firstDue(plans)]).toEqual([[], 600]);
  });

  test('goes on though the readings go back no further than the warning', () => {
    const plans = goOn(restarted({ readings: same(450, 540) }, 465), 555, 660);
    expect([plans.flatMap(({ announced }) => announced), firstDue(plans)]).toEqual([[], 600]);
  });

  test('under a soft limit it goes on too, and not under a hard one that is far off', () => {
    const soft = rememberAnnouncement(undefined, KERNEL, at(225), 'soft');
    const waited = planActivity(input({ memory: soft, readings: same(225, 270), waiting: SOMEBODY_WAITS }));
    expect(judgementOf(waited).next).toMatchObject({ warnedAtMs: at(225), atMs: at(360) });
    const alone = planActivity(input({ memory: soft, readings: same(225, 270) }));
    expect(judgementOf(alone).next).toMatchObject({ warnedAtMs: null, limit: 'hard' });
  });

  test('goes on though the readings came in pieces, and it was announced anew before all were there', () => {
    const first = planActivity(input({ readings: same(0, 525), nowMs: at(540) }));
    expect(announcedAt([first])).toEqual([540]);
    const memory = rememberAnnouncement(first.memory, KERNEL, at(465), 'hard');
    const plans = goOn(planActivity(input({ memory, readings: same(540, 540) })), 555, 660);
    expect([judgementOf(plans[0]!).next.warnedAtMs, firstDue(plans)]).toEqual([at(465), 600]);
  });

  test('forgets a warning that was snoozed away since', () => {
    const snoozes = [{ id: 'the-snooze', subject: KERNEL, atMs: at(500), addedMs: 600_000 }];
    const plan = restarted({ readings: same(450, 540), snoozes }, 465);
    expect(judgementOf(plan).next).toMatchObject({ warnedAtMs: null, atMs: at(1_650) });
  });

  test('waits for the first look before it lays the warning on it', () => {
    const blind = restarted({ failure: { atMs: at(470), why: 'No answer.' }, nowMs: at(470) }, 465);
    const first = planActivity(input({ memory: blind.memory, readings: same(0, 540) }));
    expect(firstDue(goOn(first, 555, 660))).toBe(600);
  });

  test('takes back what activity has overtaken while nobody judged', () => {
    const readings = [...same(0, 480), ...same(495, 540, { kernels: [kernel({ executions: 4 })] })];
    const plan = restarted({ readings }, 465);
    expect(judgementOf(plan).next).toMatchObject({ warnedAtMs: null, atMs: at(1_095) });
  });

  test('without a word of it, it is announced anew and the whole warning is given', () => {
    const plan = restarted({ readings: same(0, 900) });
    expect(announcedAt([plan])).toEqual([900]);
    expect(firstDue(goOn(plan, 915, 1_200))).toBe(1_020);
  });
});
