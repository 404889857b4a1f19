import { describe, expect, test } from '@jest/globals';
import { planRun } from './plan-run.js';
import { at, makeRun, T0 } from './testing/make-run.js';
import { checkPlan, endAttempt, endRun, start, stop } from './testing/plan-run-cases.js';
import type { PlanCase } from './testing/plan-run-cases.js';

const waiting: PlanCase[] = [
  { name: 'a submitted run waits for compute', run: makeRun(), wantPhase: 'Queued', wantReason: 'WaitingForCompute' },
  {
    name: 'an admitted run whose environment is absent has it made',
    run: makeRun().admitted().environment('absent'),
    wantActions: [{ kind: 'create-environment' }],
    wantPhase: 'Starting',
    wantReason: 'CreatingEnvironment'
  },
  {
    name: 'an environment in the making is waited for, and not made twice',
    run: makeRun().admitted().environment('creating'),
    wantPhase: 'Starting',
    wantReason: 'CreatingEnvironment'
  },
  {
    name: 'no environment is made for a run that waits for compute',
    run: makeRun().environment('absent'),
    wantPhase: 'Queued',
    wantReason: 'WaitingForCompute'
  },
  {
    name: 'a failed environment ends the run, on record',
    run: makeRun().admitted().environment('failed', 'no wheel for torch 9'),
    wantActions: [endRun('EnvironmentFailed')],
    wantPhase: 'Failed',
    wantReason: 'EnvironmentFailed'
  },
  {
    name: 'a run that ended without an environment stays so when somebody else has made it',
    run: makeRun().admitted().environment('ready').recorded('EnvironmentFailed'),
    wantPhase: 'Failed',
    wantReason: 'EnvironmentFailed'
  },
  {
    name: 'an admitted run with its environment starts',
    run: makeRun().admitted(),
    wantActions: [start(1)],
    wantPhase: 'Starting'
  },
  {
    name: 'a queued run that is cancelled ends without an attempt, even when it is admitted',
    run: makeRun().admitted().stopWanted('cancel'),
    wantActions: [endRun('Cancelled')],
    wantPhase: 'Cancelled',
    wantReason: 'Cancelled'
  },
  {
    name: 'a run waits as long as the platform wants its compute back',
    run: makeRun().admitted().stopWanted('preempted'),
    wantPhase: 'Queued',
    wantReason: 'WaitingForCompute'
  },
  {
    name: 'a deadline does not run while the run waits for its first attempt',
    run: makeRun().admitted().asking({ deadlineMs: 1_000 }),
    now: 1_000_000,
    wantActions: [start(1)],
    wantPhase: 'Starting'
  }
];

const living: PlanCase[] = [
  {
    name: 'a start that was asked for is waited for',
    run: makeRun().admitted().live('starting', 95),
    wantPhase: 'Starting',
    wantRecheckS: 10
  },
  {
    name: 'a start that nobody took up is asked for again, with the same number',
    run: makeRun().admitted().live('starting', 85),
    wantActions: [start(1)],
    wantPhase: 'Starting',
    wantRecheckS: 15
  },
  { name: 'a running attempt is left alone', run: makeRun().admitted().live('running'), wantPhase: 'Running' },
  {
    name: 'a running attempt goes on although the run would not be admitted now',
    run: makeRun().live('running'),
    wantPhase: 'Running'
  },
  {
    name: 'a running attempt is stopped when that is wanted',
    run: makeRun().live('running').stopWanted('cancel'),
    wantActions: [stop(1, 'cancel')],
    wantPhase: 'Stopping',
    wantReason: 'Cancelled',
    wantRecheckS: 15
  },
  {
    name: 'an attempt that nobody has taken up is stopped too',
    run: makeRun().live('starting', 0).stopWanted('cancel'),
    wantActions: [stop(1, 'cancel')],
    wantPhase: 'Stopping',
    wantReason: 'Cancelled'
  },
  {
    name: 'preemption stops the attempt and says so',
    run: makeRun().live('running').stopWanted('preempted'),
    wantActions: [stop(1, 'preempted')],
    wantPhase: 'Stopping',
    wantReason: 'Preempted'
  },
  {
    name: 'a vanished launcher is cleaned up after, and nothing starts before that is done',
    run: makeRun()
      .admitted()
      .asking({ retry: { LauncherKilled: 5 } })
      .live('vanished'),
    wantActions: [{ kind: 'reap-attempt', number: 1 }],
    wantPhase: 'Stopping',
    wantReason: 'LauncherKilled'
  },
  {
    name: 'an attempt that the machine took down is recorded, and the run is lost',
    run: makeRun().admitted().live('machine-restarted'),
    wantActions: [endAttempt(1)],
    wantPhase: 'Lost',
    wantReason: 'MachineRestarted',
    wantRecheckS: 0
  },
  {
    name: 'after a restart of the machine the run waits for its retry if its policy asks for that',
    run: makeRun()
      .admitted()
      .asking({ retry: { MachineRestarted: 1 } })
      .live('machine-restarted'),
    wantActions: [endAttempt(1)],
    wantPhase: 'Queued',
    wantReason: 'WaitingToRetry',
    wantRecheckS: 0
  },
  {
    name: 'a retry that is asked for while an attempt lives starts no second one',
    run: makeRun().admitted().ended('Preempted').live('running').retryAfter(2),
    wantPhase: 'Running'
  }
];

const over: PlanCase[] = [
  {
    name: 'an attempt that completed is a success',
    run: makeRun().admitted().ended('Completed'),
    wantPhase: 'Succeeded',
    wantReason: 'Completed'
  },
  {
    name: 'a wish to stop that crosses with the end of a completed attempt changes nothing',
    run: makeRun().ended('Completed').stopWanted('cancel'),
    wantPhase: 'Succeeded',
    wantReason: 'Completed'
  },
  {
    name: 'a success cannot be retried',
    run: makeRun().admitted().ended('Completed').retryAfter(1),
    wantPhase: 'Succeeded',
    wantReason: 'Completed'
  },
  {
    name: 'an attempt that was cancelled is a cancelled run',
    run: makeRun().ended('Cancelled').stopWanted('cancel'),
    wantPhase: 'Cancelled',
    wantReason: 'Cancelled'
  },
  {
    name: 'code that failed is a failed run',
    run: makeRun().admitted().ended('ExitCode'),
    wantPhase: 'Failed',
    wantReason: 'ExitCode'
  },
  {
    name: 'a failed run stays failed when somebody cancels it later',
    run: makeRun().ended('ExitCode').stopWanted('cancel'),
    wantPhase: 'Failed',
    wantReason: 'ExitCode'
  },
  {
    name: 'a killed launcher loses the run',
    run: makeRun().admitted().ended('LauncherKilled'),
    wantPhase: 'Lost',
    wantReason: 'LauncherKilled'
  },
  {
    name: 'a recorded deadline stays although the clock went back',
    run: makeRun()
      .admitted()
      .asking({ deadlineMs: 99_000, retry: { Preempted: 9 } })
      .ended('Preempted')
      .recorded('DeadlineExceeded'),
    now: 1,
    wantPhase: 'Failed',
    wantReason: 'DeadlineExceeded'
  },
  {
    name: 'a long backlog of time past a deadline does not touch a run that is over',
    run: makeRun().asking({ deadlineMs: 1_000 }).ended('Completed'),
    now: 1_000_000,
    wantPhase: 'Succeeded',
    wantReason: 'Completed'
  }
];

describe.each([
  ['waiting', waiting],
  ['living', living],
  ['over', over]
])('planRun, %s', (_, cases) => {
  test.each(cases)('$name', checkPlan);
});

test('an attempt that ended without an outcome is not run a second time', () => {
  const run = makeRun().admitted().obj();
  const seen = { ...run, attempts: [{ number: 1, startedAtMs: T0, state: 'ended' as const }] };
  expect(planRun(seen, at(1))).toMatchObject({
    actions: [],
    status: { phase: 'Lost', reason: { code: 'LauncherKilled' } }
  });
});
