import type { IdleRule, Look } from './idle-rule.ts';
import { firstStop } from './idle-rule.ts';

/**
 * Coder's activity bump (`coderd/workspacestats/activitybump_test.go`, coder/coder#10704; 1 hour unless a template says another).
 *
 * A workspace has a deadline. Whatever is connected through its agent moves the deadline to `idleS` from now, if that is
 * later; a workspace past its deadline is stopped. An open page is a connection, whether somebody sits before it or not; work
 * without a connection is none. A trace begins with a workspace that was started with `idleS` to live.
 */
export const coder: IdleRule = (readings, idleS) => {
  let deadline: number | null = null;
  return firstStop(readings, (reading): Look => {
    deadline ??= reading.t + idleS;
    const connected = 'evidence' in reading && (reading.evidence.tabs ?? 0) > 0;
    if (connected) deadline = Math.max(deadline, reading.t + idleS);
    return reading.t >= deadline ? 'stop' : 'keep';
  });
};
