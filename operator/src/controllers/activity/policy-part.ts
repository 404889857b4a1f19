/** An idle policy of a custom resource in the plan's words. */
import type { PolicyPart } from '../../plan/activity/index.js';
import type { IdlePolicy, PersonsIdlePolicy } from '../../api/index.js';

/** What the API server has is valid: there is nothing to check. 0 is its word for "never". */
export function policyPartOf(policy: IdlePolicy | PersonsIdlePolicy): PolicyPart {
  return withNever(policy) as PolicyPart;
}

const LIMITS = ['softSeconds', 'hardSeconds', 'busyMaxSeconds', 'unknownMaxSeconds'];

/** The same with null where a limit is 0, at whatever depth; anything else stays what it is. */
export function withNever(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const fields = Object.entries(value).map(([name, field]) => {
    return [name, field === 0 && LIMITS.includes(name) ? null : withNever(field)] as const;
  });
  return Object.fromEntries(fields);
}
