/** Whole stories: from the last activity to the announcement and the end, and what comes between. */
import { describe, expect, test } from '@jest/globals';
import {
  announcedAt,
  at,
  failed,
  firstDue,
  hear,
  input,
  judgementOf,
  kernel,
  KERNEL,
  NOBODY_WAITS,
  policies,
  same,
  secondsOf,
  seen,
  SHORT,
  SOMEBODY_WAITS,
  START_T,
  WORKSPACE
} from './activity.testkit.js';
import type { GrantedSnooze } from './answer-snooze.js';
import { planActivity, type ActivityPlan } from './plan-activity.js';

describe('what is left alone', () => {
  test('goes at its hard limit, announced before: first the kernel, then the workspace', () => {
    const plans = hear(same(0, 1_500));
    expect([firstDue(plans), firstDue(plans, WORKSPACE)]).toEqual([600, 1_200]);
    expect([announcedAt(plans)[0], announcedAt(plans, 'workspace')[0]]).toEqual([465, 1_065]);
    expect(plans.at(-1)?.due.map(({ subject }) => subject.kind)).toEqual(['kernel', 'workspace']);
  });

  test('the countdown is the same at every look from the beginning to the end', () => {
    const plans = hear(same(0, 600));
    const ends = plans.slice(1).map(plan => judgementOf(plan).next.atMs);
    expect(new Set(ends)).toEqual(new Set([at(600)]));
    expect(judgementOf(plans[1]!).next).toMatchObject({
      what: 'release',
      limit: 'hard',
      policyOf: 'platform',
      hold: null
    });
  });

  test('is said to be due again until it is done', () => {
    expect(
      hear(same(0, 660))
        .filter(({ due }) => due.length > 0)
        .map(({ due }) => secondsOf(due[0]!))
    ).toEqual([600, 615, 630, 645, 660]);
  });

  test('the reason names what was measured, for how long, and whose limit it was', () => {
    const due = hear(same(0, 600), { policies: policies({ kernel: { hardSeconds: 600 } }, 'class') }).at(-1)?.due[0];
    expect(due?.why).toBe(
      'No cell has run for 10 min, and nobody typed in its notebook. The kernel used at most 0 % of a processor. The limit of 10 min that the class of its compute has set is over.'
    );
    expect(due).toMatchObject({ subject: KERNEL, idleMs: 600_000, limit: 'hard', policyOf: 'class' });
  });

  test('a cell at its end starts the time anew, and takes the announcement back', () => {
    const readings = [...same(0, 540), seen(555, { kernels: [kernel({ executions: 4 })] })];
    const later = same(570, 1_300, { kernels: [kernel({ executions: 4 })] });
    const plans = hear([...readings, ...later]);
    expect(judgementOf(plans[36]!).next.warnedAtMs).toBe(at(465));
    expect(judgementOf(plans[37]!)).toMatchObject({
      activity: 'active',
      idleMs: 0,
      next: { atMs: null, warnedAtMs: null }
    });
    expect([firstDue(plans), announcedAt(plans)]).toEqual([1_155, [465, 1_020]]);
  });
});

describe('a warning', () => {
  test('is given in full, also when it is announced between two looks', () => {
    const plans = hear(same(0, 405));
    const asked = { waiting: SOMEBODY_WAITS };
    plans.push(planActivity(input({ memory: plans.at(-1)?.memory, ...asked, nowMs: at(415) })));
    for (const reading of same(420, 600)) {
      plans.push(planActivity(input({ memory: plans.at(-1)?.memory, readings: [reading], ...asked })));
    }
    expect([announcedAt(plans)[0], firstDue(plans)]).toEqual([415, 540]);
  });

  test('is given anew when a cell has run since, though nobody judged while it ran and the limit is short', () => {
    const short = { policies: policies({ ...SHORT, kernel: { hardSeconds: 60 } }) };
    const before = hear(same(0, 90), short).at(-1);
    const readings = same(105, 180, { kernels: [kernel({ executions: 4 })] });
    const plan = planActivity(input({ memory: before?.memory, readings, ...short }));
    expect([judgementOf(before!).next.warnedAtMs, judgementOf(plan).next.warnedAtMs]).toEqual([at(0), at(180)]);
  });
});

describe('demand', () => {
  const waits = (from: number, to: number) => (reading: { t: number }) => ({
    waiting: reading.t >= START_T + from && reading.t < START_T + to ? SOMEBODY_WAITS : NOBODY_WAITS
  });

  test('where somebody waits the soft limit holds', () => {
    const plans = hear(same(0, 600), { waiting: SOMEBODY_WAITS });
    expect([firstDue(plans), firstDue(plans, WORKSPACE)]).toEqual([300, 600]);
    expect(plans.at(-1)?.due[0]).toMatchObject({ limit: 'soft' });
    expect(plans.at(-1)?.due[0]?.why).toContain('Somebody waits');
  });

  test('a soft limit that is long over is announced when somebody comes, and holds after the warning', () => {
    const plans = hear(same(0, 600), waits(400, 9_999));
    expect([announcedAt(plans)[0], firstDue(plans)]).toEqual([405, 525]);
  });

  test('somebody who goes away takes it back', () => {
    const plans = hear(same(0, 600), waits(330, 400));
    expect(judgementOf(plans[25]!).next.warnedAtMs).toBe(at(330));
    expect(judgementOf(plans[28]!).next).toMatchObject({ warnedAtMs: null, atMs: at(600), limit: 'hard' });
    expect(firstDue(plans)).toBe(600);
  });

  test('with nothing but a soft limit it stays as long as nobody waits', () => {
    const plan = hear(same(0, 6_000), { policies: policies({ kernel: { softSeconds: 60, hardSeconds: null } }) }).at(
      -1
    );
    expect(judgementOf(plan!).next).toMatchObject({ atMs: null, hold: 'nobody-waits', limit: 'soft' });
    expect(plan?.due).toEqual([]);
  });
});

describe('what nobody saw', () => {
  test('a gap adds nothing, and two looks must confirm that it still rests', () => {
    const plans = hear([...same(0, 300), ...same(3_900, 4_500)]);
    expect(judgementOf(plans[21]!)).toMatchObject({ activity: 'idle', idleMs: 300_000 });
    expect(firstDue(plans)).toBe(4_200);
  });

  test('a machine that slept during the countdown has warned nobody', () => {
    // Long over its soft limit, and announced as somebody waits; then the lid is closed for an hour.
    const plans = hear([...same(0, 420), ...same(4_020, 4_200)], ({ t }) => ({
      waiting: t >= START_T + 400 ? SOMEBODY_WAITS : NOBODY_WAITS
    }));
    expect([announcedAt(plans)[0], firstDue(plans)]).toEqual([405, 4_125]);
  });

  test('a look that failed adds nothing, and after it two must confirm', () => {
    const plans = hear([...same(0, 585), failed(600), ...same(615, 660)]);
    expect(judgementOf(plans[40]!)).toMatchObject({
      activity: 'unknown',
      idleMs: 585_000,
      next: { warnedAtMs: at(465) }
    });
    expect(firstDue(plans)).toBe(630);
  });

  test('a clock that is set back or forth adds nothing', () => {
    const back = hear([...same(0, 300), ...same(-3_600, -2_900)]);
    expect(firstDue(back)).toBe(-3_300);
    const forth = hear([...same(0, 300), ...same(86_400, 87_000)]);
    expect(firstDue(forth)).toBe(86_700);
  });

  test('what is unknown holds no longer than its limit, and then goes as what is idle', () => {
    const part = { ...SHORT, unknownMaxSeconds: 1_800 };
    const unknown = { kernels: [kernel({ cpu_s: null })] };
    const plans = hear(same(0, 2_700, unknown), { policies: policies(part) });
    expect(firstDue(plans)).toBe(2_400);
    expect(plans.at(-1)?.due[0]?.why).toContain('it could not be observed');
    expect(
      hear(same(0, 9_000, unknown), { policies: policies({ ...SHORT, unknownMaxSeconds: null }) }).at(-1)?.due
    ).toEqual([]);
  });

  test('looks of which every second one fails are no way to hold it for ever', () => {
    const part = { ...SHORT, unknownMaxSeconds: 1_800 };
    const flapping = Array.from({ length: 400 }, (_, index) =>
      index % 2 === 0 ? seen(index * 15) : failed(index * 15)
    );
    const due = firstDue(hear(flapping, { policies: policies(part) }));
    expect(due).toBeGreaterThanOrEqual(3_600);
    expect(due).toBeLessThan(3_700);
  });

  test('a judge that is answered nothing stops nothing, until the unknown is over its limit', () => {
    const part = { ...SHORT, unknownMaxSeconds: 1_800 };
    const plans = hear(same(0, 585), { policies: policies(part) });
    for (let now = 600; now <= 4_200; now += 30) {
      const failure = { atMs: at(now), why: 'It answered 403.' };
      plans.push(
        planActivity(input({ memory: plans.at(-1)?.memory, failure, nowMs: at(now), policies: policies(part) }))
      );
    }
    expect(judgementOf(plans[40]!)).toMatchObject({ activity: 'unknown', next: { hold: null } });
    expect(judgementOf(plans[40]!).signals[0]?.text).toBe('It answered 403.');
    // Blind from 600 s on for 1,800 s; then the 15 s that the kernel lacked, and the observed rest of the warning.
    expect(firstDue(plans)).toBe(2_430);
    expect(firstDue(plans, WORKSPACE)).toBe(3_030);
  });

  test('an agent that answers but has long not looked confirms nothing', () => {
    const plans = hear(same(0, 585));
    const stale = planActivity(input({ memory: plans.at(-1)?.memory, nowMs: at(800) }));
    expect(stale.due).toEqual([]);
    expect(judgementOf(stale)).toMatchObject({ activity: 'unknown' });
    const future = planActivity(input({ memory: undefined, readings: same(0, 600), nowMs: at(0) }));
    expect([future.due, judgementOf(future).activity]).toEqual([[], 'unknown']);
  });

  test('a workspace that was never looked at is unknown', () => {
    const plan = planActivity(input({ failure: { atMs: at(0), why: 'No route to host.' } }));
    expect(plan.judgements).toMatchObject([{ subject: WORKSPACE, activity: 'unknown', lastActiveMs: null }]);
  });
});

describe('an agent whose clock is wrong', () => {
  test('is judged by the ages of its looks', () => {
    const skewed = { clockSkewMs: 7_200_000 };
    const plans: ActivityPlan[] = [];
    for (const reading of same(7_200, 7_800)) {
      const nowMs = Math.round(reading.t * 1000) - 7_200_000;
      plans.push(planActivity(input({ memory: plans.at(-1)?.memory, readings: [reading], nowMs, ...skewed })));
    }
    expect(firstDue(plans)).toBe(600);
    expect(judgementOf(plans.at(-1)!)).toMatchObject({ sinceMs: at(0), next: { atMs: at(600) } });
  });
});

test('a clock that was a year ahead when it was announced, and is put right, holds nothing for that year', () => {
  const YEAR_S = 365 * 86_400;
  const plans = [...same(YEAR_S, YEAR_S + 480), ...same(480, 900)].reduce<ActivityPlan[]>(
    (before, reading) => [...before, planActivity(input({ memory: before.at(-1)?.memory, readings: [reading] }))],
    []
  );
  expect(announcedAt(plans)).toEqual([YEAR_S + 465, 480]);
  expect(firstDue(plans)).toBe(600);
});

describe('switches', () => {
  test('a dry run says what would go, goes on, and warns nobody of it', () => {
    const plans = hear(same(0, 660), { policies: policies({ ...SHORT, dryRun: true }) });
    const would = plans.filter(({ wouldBeDue }) => wouldBeDue.length > 0);
    expect(would.length).toBe(5);
    expect(plans.flatMap(({ due, announced }) => [...due, ...announced])).toEqual([]);
    expect(judgementOf(plans.at(-1)!).next).toMatchObject({ hold: 'dry-run', atMs: at(600), warnedAtMs: null });
  });

  test('when a dry run ends, nothing goes that nobody was warned of', () => {
    const plans = hear(same(0, 1_800), ({ t }) => ({
      policies: policies({ ...SHORT, workspace: { softSeconds: null, hardSeconds: null }, dryRun: t < START_T + 1_500 })
    }));
    expect(announcedAt(plans)).toEqual([1_500]);
    expect(firstDue(plans)).toBe(1_620);
  });

  test('switched off, nothing is announced and nothing goes, whatever the policy of a kernel says', () => {
    const kernelPolicies = new Map([['k', policies(SHORT)]]);
    const plans = hear(same(0, 1_500), { policies: policies({ ...SHORT, enabled: false }), kernelPolicies });
    expect(plans.flatMap(({ due, wouldBeDue, announced }) => [...due, ...wouldBeDue, ...announced])).toEqual([]);
    expect(judgementOf(plans.at(-1)!).next).toMatchObject({ hold: 'switched-off', atMs: null });
  });

  test('a kernel has the policy of what it holds', () => {
    const kernelPolicies = new Map([['k', policies({ ...SHORT, kernel: { hardSeconds: 300 } }, 'class')]]);
    const plans = hear(same(0, 600), { kernelPolicies });
    expect(firstDue(plans)).toBe(300);
    expect(judgementOf(plans.at(-1)!).next.policyOf).toBe('class');
  });

  test('no limit is no limit', () => {
    const none = { softSeconds: null, hardSeconds: null };
    const plan = hear(same(0, 6_000), {
      policies: policies({ kernel: none, workspace: none }),
      waiting: SOMEBODY_WAITS
    }).at(-1);
    expect(judgementOf(plan!).next).toMatchObject({ hold: 'no-limit', limit: null, atMs: null });
    expect(plan?.recheckAfterMs).toBe(1_800_000);
  });
});

describe('a snooze', () => {
  const snooze = (seconds: number, id = 'first-snooze'): GrantedSnooze => ({
    id,
    subject: KERNEL,
    atMs: at(seconds),
    addedMs: 600_000
  });
  const from =
    (...snoozes: readonly GrantedSnooze[]) =>
    (reading: { t: number }) => ({
      snoozes: snoozes.filter(({ atMs }) => atMs <= reading.t * 1000)
    });

  test('adds its time to the end, and it is announced again', () => {
    const plans = hear(same(0, 1_300), from(snooze(500)));
    expect([firstDue(plans), announcedAt(plans)]).toEqual([1_200, [465, 1_065]]);
  });

  test('where the limit was long over it counts from when it was asked for', () => {
    const waiting = { waiting: SOMEBODY_WAITS };
    const plans = hear(same(0, 2_000), reading => ({
      ...(reading.t >= START_T + 500 ? waiting : {}),
      policies: policies({ ...SHORT, kernel: { softSeconds: 60, hardSeconds: null } }),
      ...from(snooze(570))(reading)
    }));
    expect(announcedAt(plans)[0]).toBe(510);
    expect(firstDue(plans)).toBe(1_170);
  });

  test('two add twice', () => {
    expect(firstDue(hear(same(0, 2_000), from(snooze(500), snooze(505, 'second-snooze'))))).toBe(1_800);
  });

  test('does not lengthen a rest that begins after its time', () => {
    const readings = [...same(0, 1_500), ...same(1_515, 2_300, { kernels: [kernel({ executions: 4 })] })];
    expect(firstDue(hear(readings, from(snooze(100))).slice(101))).toBe(2_115);
  });

  test('of the workspace does nothing for a kernel', () => {
    expect(firstDue(hear(same(0, 700), { snoozes: [{ ...snooze(0), subject: WORKSPACE }] }))).toBe(600);
  });
});

describe('the next look', () => {
  test('is far off while it is active or far from its limit, and near once it is announced', () => {
    const part = {
      kernel: { softSeconds: null, hardSeconds: 8 * 3_600 },
      workspace: { hardSeconds: null, softSeconds: null },
      warnSeconds: 300
    };
    const recheck = hear(same(0, 8 * 3_600 + 60), { policies: policies(part) }).map(plan => plan.recheckAfterMs);
    expect([recheck[0], recheck[4]]).toEqual([1_800_000, 1_800_000]);
    expect(recheck[Math.floor((7.8 * 3_600) / 15)]).toBe(405_000);
    expect(recheck[Math.floor((7.95 * 3_600) / 15)]).toBe(10_000);
    expect(Math.min(...recheck)).toBeGreaterThanOrEqual(1_000);
    const dry = hear(same(0, 700), {
      policies: policies({ ...SHORT, ...part, kernel: { hardSeconds: 300 }, dryRun: true })
    });
    expect(dry.at(-1)?.recheckAfterMs).toBe(300_000);
  });
});
