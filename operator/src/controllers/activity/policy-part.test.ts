import { expect, test } from '@jest/globals';
import { FULL_COMPUTE_CLASS, FULL_WORKSPACE } from '../../api/testing/make-resource.js';
import { readPolicyPart } from '../../plan/activity/index.js';
import { policyPartOf, withNever } from './policy-part.js';

test('a policy with every field given is a policy of the plan, in which no limit is 0', () => {
  for (const { spec } of [FULL_COMPUTE_CLASS, FULL_WORKSPACE]) {
    const part = policyPartOf(spec['idle'] as object);
    expect(readPolicyPart(part, 'here')).toEqual({ part });
    expect(part.kernel).toEqual({ softSeconds: 3600, hardSeconds: null });
  }
});

test('only limits are never: a budget of 0 is one, and what is no policy stays what it is', () => {
  expect(withNever({ warnSeconds: 0, snooze: { budgetSeconds: 0 }, busyMaxSeconds: 0 })).toEqual({
    warnSeconds: 0,
    snooze: { budgetSeconds: 0 },
    busyMaxSeconds: null
  });
  expect([withNever(0), withNever(['softSeconds']), withNever(null)]).toEqual([0, ['softSeconds'], null]);
});
