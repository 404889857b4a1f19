import { expect, test } from '@jest/globals';
import { queueState } from './queue-state.js';
import { at, makeRun } from './testing/make-run.js';
import type { RunBuilder } from './testing/make-run.js';

test.each<{ name: string; run: RunBuilder; want: 'waiting' | 'holding' | undefined }>([
  { name: 'a submitted run waits', run: makeRun(), want: 'waiting' },
  {
    name: 'a run that was admitted a moment ago still waits until its attempt is on record',
    run: makeRun().admitted(),
    want: 'waiting'
  },
  { name: 'a starting attempt holds', run: makeRun().live('starting'), want: 'holding' },
  { name: 'a vanished attempt holds until it is cleaned up', run: makeRun().live('vanished'), want: 'holding' },
  {
    name: 'an attempt that is being stopped holds',
    run: makeRun().live('running').stopWanted('cancel'),
    want: 'holding'
  },
  {
    name: 'a run in its backoff does not wait in line',
    run: makeRun()
      .asking({ retry: { Preempted: 1 } })
      .ended('Preempted', 0, 99),
    want: undefined
  },
  {
    name: 'after its backoff it does',
    run: makeRun()
      .asking({ retry: { Preempted: 1 } })
      .ended('Preempted', 0, 1),
    want: 'waiting'
  },
  {
    name: 'a run whose compute the platform wants back does not wait in line',
    run: makeRun().stopWanted('preempted'),
    want: undefined
  },
  { name: 'a cancelled run does not wait', run: makeRun().stopWanted('cancel'), want: undefined },
  { name: 'a run that is over does not wait', run: makeRun().ended('ExitCode'), want: undefined },
  { name: 'a run that a person retries waits', run: makeRun().ended('ExitCode').retryAfter(1), want: 'waiting' }
])('$name', ({ run, want }) => {
  expect(queueState(run.obj(), at(100))).toBe(want);
});
