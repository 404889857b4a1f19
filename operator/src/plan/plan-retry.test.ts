import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { DEFAULT_RETRY, planRetry, RETRY_BACKOFF } from './plan-retry.js';
import { makeRun } from './testing/make-run.js';
import { CAUSES, RETRYABLE_CAUSES } from './run.js';
import type { Cause, ObservedAttempt, RetryPolicy } from './run.js';

function attemptsEnding(...causes: Cause[]): readonly ObservedAttempt[] {
  return causes.reduce((run, cause) => run.ended(cause), makeRun()).obj().attempts;
}

describe('planRetry', () => {
  test.each<{ name: string; policy: RetryPolicy; causes: Cause[]; wantBackoffS: number | undefined }>([
    {
      name: 'a run without attempts has nothing to retry',
      policy: { ExitCode: 3 },
      causes: [],
      wantBackoffS: undefined
    },
    {
      name: 'a cause that the policy does not name is not retried',
      policy: { Preempted: 1 },
      causes: ['ExitCode'],
      wantBackoffS: undefined
    },
    {
      name: 'the first retry comes after the shortest wait',
      policy: { ExitCode: 1 },
      causes: ['ExitCode'],
      wantBackoffS: 5
    },
    {
      name: 'one retry is one retry',
      policy: { ExitCode: 1 },
      causes: ['ExitCode', 'ExitCode'],
      wantBackoffS: undefined
    },
    {
      name: 'the wait doubles',
      policy: { ExitCode: 9 },
      causes: ['ExitCode', 'ExitCode', 'ExitCode'],
      wantBackoffS: 20
    },
    {
      name: 'the wait has a limit',
      policy: { ExitCode: 99 },
      causes: Array<Cause>(9).fill('ExitCode'),
      wantBackoffS: 300
    },
    {
      name: 'other causes use up neither the retries nor the patience',
      policy: { Preempted: 1, LaunchFailed: 2 },
      causes: ['LaunchFailed', 'LaunchFailed', 'Preempted'],
      wantBackoffS: 5
    },
    {
      name: 'causes in turn are counted each for itself',
      policy: { Preempted: 2, LaunchFailed: 1 },
      causes: ['LaunchFailed', 'Preempted', 'LaunchFailed'],
      wantBackoffS: undefined
    },
    {
      name: 'what a person asked for is not undone, whatever a policy says',
      policy: { Cancelled: 5 } as RetryPolicy,
      causes: ['Cancelled'],
      wantBackoffS: undefined
    },
    {
      name: 'a success is not repeated',
      policy: { Completed: 5 } as RetryPolicy,
      causes: ['Completed'],
      wantBackoffS: undefined
    },
    {
      name: 'a count that is no number retries nothing',
      policy: { ExitCode: NaN },
      causes: ['ExitCode'],
      wantBackoffS: undefined
    }
  ])('$name', ({ policy, causes, wantBackoffS }) => {
    const plan = planRetry(policy, attemptsEnding(...causes));
    expect(plan.retry ? plan.backoffMs / 1000 : undefined).toBe(wantBackoffS);
  });

  test('nothing is retried while an attempt lives', () => {
    const { attempts } = makeRun().ended('Preempted').live('running').obj();
    expect(planRetry({ Preempted: 5 }, attempts)).toEqual({ retry: false });
  });

  test('it says which retry it is, of how many', () => {
    const plan = planRetry({ Preempted: 3 }, attemptsEnding('Preempted', 'Preempted'));
    expect(plan).toEqual({ retry: true, cause: 'Preempted', nth: 2, allowed: 3, backoffMs: 10_000 });
  });

  test('however long it goes on, the attempts after one cause are 1 more than its retries, and waits stay in bounds', () => {
    fc.assert(
      fc.property(fc.constantFrom(...RETRYABLE_CAUSES), fc.nat(40), (cause, allowed) => {
        const causes: Cause[] = [cause];
        for (let plan = planRetry({ [cause]: allowed }, attemptsEnding(...causes)); plan.retry;) {
          expect(plan.backoffMs).toBeGreaterThanOrEqual(RETRY_BACKOFF.firstMs);
          expect(plan.backoffMs).toBeLessThanOrEqual(RETRY_BACKOFF.longestMs);
          causes.push(cause);
          plan = planRetry({ [cause]: allowed }, attemptsEnding(...causes));
        }
        expect(causes.length).toBe(allowed + 1);
      }),
      { numRuns: 60 }
    );
  });
});

test('by default only failed launches and preemptions are retried', () => {
  const retried = CAUSES.filter(cause => planRetry(DEFAULT_RETRY, attemptsEnding(cause)).retry);
  expect(retried).toEqual(['LaunchFailed', 'Preempted']);
});
