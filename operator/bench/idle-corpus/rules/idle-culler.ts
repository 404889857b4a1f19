import type { IdleRule, Look } from './idle-rule.ts';
import { firstStop } from './idle-rule.ts';
import { LastActivity } from './last-activity.ts';

/**
 * jupyterhub-idle-culler 2.0 (`jupyterhub_idle_culler/__init__.py`, `--timeout`, without a `cull_arbiter_hook`).
 *
 * It goes by the `last_activity` that the Hub has of a server, which the server itself reports. A server that cannot
 * report is judged by what it reported last.
 */
export const idleCuller: IdleRule = (readings, idleS) => {
  const activity = new LastActivity();
  return firstStop(readings, (reading): Look => {
    activity.see(reading);
    return reading.t - (activity.server ?? reading.t) >= idleS ? 'stop' : 'keep';
  });
};
