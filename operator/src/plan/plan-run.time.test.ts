import { describe, test } from '@jest/globals';
import { LONGEST_RECHECK_MS } from './plan-run.js';
import { makeRun } from './testing/make-run.js';
import { checkPlan, endRun, start, stop } from './testing/plan-run-cases.js';
import type { PlanCase } from './testing/plan-run-cases.js';

const deadlines: PlanCase[] = [
  {
    name: 'before its deadline a running attempt is looked at again when it comes',
    run: makeRun().asking({ deadlineMs: 60_000 }).live('running', 50),
    wantPhase: 'Running',
    wantRecheckS: 10
  },
  {
    name: 'at its deadline a running attempt is stopped',
    run: makeRun().asking({ deadlineMs: 50_000 }).live('running', 50),
    wantActions: [stop(1, 'deadline')],
    wantPhase: 'Stopping',
    wantReason: 'DeadlineExceeded'
  },
  {
    name: 'the deadline counts from the first attempt, with the waits between attempts',
    run: makeRun().asking({ deadlineMs: 100_000 }).ended('Preempted', 0, 10).live('running', 90),
    wantActions: [stop(2, 'deadline')],
    wantPhase: 'Stopping',
    wantReason: 'DeadlineExceeded'
  },
  {
    name: 'a deadline that passes while the run waits for a retry ends it, on record',
    run: makeRun()
      .admitted()
      .asking({ deadlineMs: 99_000, retry: { Preempted: 9 } })
      .ended('Preempted', 0, 99),
    wantActions: [endRun('DeadlineExceeded')],
    wantPhase: 'Failed',
    wantReason: 'DeadlineExceeded'
  },
  {
    name: 'a wish to cancel goes before a deadline that passes later',
    run: makeRun().asking({ deadlineMs: 1_000 }).live('running', 0).stopWanted('cancel'),
    wantActions: [stop(1, 'cancel')],
    wantPhase: 'Stopping',
    wantReason: 'Cancelled'
  },
  {
    name: 'a retry by a person gets the whole time again',
    run: makeRun().asking({ deadlineMs: 50_000 }).ended('DeadlineExceeded', 0, 50).live('running', 90).retryAfter(1),
    wantPhase: 'Running',
    wantRecheckS: 40
  },
  {
    name: 'a month until the deadline is no reason to sleep for a month',
    run: makeRun().asking({ deadlineMs: 2_592_000_000 }).live('running', 100),
    wantPhase: 'Running',
    wantRecheckS: LONGEST_RECHECK_MS / 1000
  }
];

const retries: PlanCase[] = [
  {
    name: 'a preempted run waits before it is tried again',
    run: makeRun()
      .admitted()
      .asking({ retry: { Preempted: 2 } })
      .ended('Preempted', 0, 98),
    wantPhase: 'Queued',
    wantReason: 'WaitingToRetry',
    wantRecheckS: 3
  },
  {
    name: 'after the wait the next attempt starts',
    run: makeRun()
      .admitted()
      .asking({ retry: { Preempted: 2 } })
      .ended('Preempted', 0, 95),
    wantActions: [start(2)],
    wantPhase: 'Starting'
  },
  {
    name: 'after the wait the run still needs its turn',
    run: makeRun()
      .asking({ retry: { Preempted: 2 } })
      .ended('Preempted', 0, 95),
    wantPhase: 'Queued',
    wantReason: 'WaitingForCompute'
  },
  {
    name: 'without retries left the run fails with the cause of its last attempt',
    run: makeRun()
      .admitted()
      .asking({ retry: { Preempted: 1 } })
      .ended('Preempted')
      .ended('Preempted'),
    wantPhase: 'Failed',
    wantReason: 'Preempted'
  },
  {
    name: 'a cancel during the wait for a retry ends the run without another attempt',
    run: makeRun()
      .admitted()
      .asking({ retry: { Preempted: 2 } })
      .ended('Preempted')
      .stopWanted('cancel'),
    wantActions: [endRun('Cancelled')],
    wantPhase: 'Cancelled',
    wantReason: 'Cancelled'
  },
  {
    name: 'a clock that went back by a day does not keep a retry waiting for a day',
    run: makeRun()
      .admitted()
      .asking({ retry: { Preempted: 2 } })
      .ended('Preempted', 0, 86_400),
    wantActions: [start(2)],
    wantPhase: 'Starting'
  },
  {
    name: 'a clock that is a second behind makes the wait no longer than it is',
    run: makeRun()
      .admitted()
      .asking({ retry: { Preempted: 2 } })
      .ended('Preempted', 0, 101),
    wantPhase: 'Queued',
    wantReason: 'WaitingToRetry',
    wantRecheckS: 5
  },
  {
    name: 'a person’s retry starts the next attempt at once',
    run: makeRun().admitted().ended('ExitCode', 0, 100).retryAfter(1),
    wantActions: [start(2)],
    wantPhase: 'Starting'
  },
  {
    name: 'a person’s retry that has been used up does not start another attempt',
    run: makeRun().admitted().ended('ExitCode').ended('ExitCode').retryAfter(1),
    wantPhase: 'Failed',
    wantReason: 'ExitCode'
  },
  {
    name: 'after a person’s retry the policy counts anew',
    run: makeRun()
      .admitted()
      .asking({ retry: { LaunchFailed: 1 } })
      .ended('LaunchFailed')
      .ended('LaunchFailed')
      .ended('LaunchFailed')
      .retryAfter(2),
    wantActions: [start(4)],
    wantPhase: 'Starting'
  }
];

describe.each([
  ['deadlines', deadlines],
  ['retries', retries]
])('planRun, %s', (_, cases) => {
  test.each(cases)('$name', checkPlan);
});
