/** Claims for tests, with short names. */
import type { ComputeClaim } from '../ports.js';

/** A run that waits for one slot of `offer`, or as the test says. */
export function claim(id: string, offer: string, more: Partial<ComputeClaim> = {}): ComputeClaim {
  const rest = {
    slots: 1,
    priority: 0,
    submittedAtMs: 0,
    sinceMs: 0,
    state: 'waiting' as const,
    devices: [],
    pids: []
  };
  return { kind: 'run', id, name: id, offer, ...rest, ...more };
}

/** A run that holds these devices of `offer`. */
export function holder(
  id: string,
  offer: string,
  devices: readonly string[],
  more: Partial<ComputeClaim> = {}
): ComputeClaim {
  return claim(id, offer, { state: 'holding', devices, slots: devices.length, ...more });
}
