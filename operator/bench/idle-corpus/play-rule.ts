/** Lets an incumbent's rule judge a trace. */
import { CLUSTER_POLICY, type Trace } from '@berth/operator/plan';
import type { IdleRule, RuleOutcome } from './rules/idle-rule.ts';
import type { Expectation, Fate } from './score-trace.ts';

export interface RulePlay {
  readonly fateOf: (expectation: Expectation) => Fate;
  readonly unknown: number;
  readonly readings: number;
}

/**
 * None of the incumbents releases one kernel: with all of them everything goes at once. So what is expected of a kernel is
 * asked of a rule whose timer is the kernel's limit, what is expected of the workspace of one whose timer is the workspace's.
 * That timer is the hard limit, or the soft one where there is no hard one, for none of them knows who waits. Where a policy
 * stops nothing, neither do they.
 */
export function playRule(rule: IdleRule, { samples, policy, expect }: Trace): RulePlay {
  const limit = (of: 'kernel' | 'workspace'): number => {
    if (policy.enabled === false || policy.dryRun === true) return Infinity;
    const { softSeconds, hardSeconds } = { ...CLUSTER_POLICY[of], ...policy[of] };
    return hardSeconds ?? softSeconds ?? Infinity;
  };
  const byKernel = rule(samples, limit('kernel'));
  const byWorkspace = rule(samples, limit('workspace'));
  const asked = (kernel: string | undefined): RuleOutcome => (kernel === undefined ? byWorkspace : byKernel);
  const outcomes = [...new Set(expect.map(({ kernel }) => asked(kernel)))];
  return {
    fateOf: ({ kernel }) => asked(kernel),
    unknown: outcomes.reduce((sum, { unknown }) => sum + unknown, 0),
    readings: outcomes.reduce((sum, { readings }) => sum + readings, 0)
  };
}
