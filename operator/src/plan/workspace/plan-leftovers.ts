/** Decides what becomes of children whose workspace is no more: those that were left by `kubectl delete --cascade=orphan`, or by hand. */
import type { SeenChild } from './seen-workspace.js';

/** A home is never among them: it is kept until a person deletes it. */
export type Leftover = 'service-account' | 'network-policy' | 'service' | 'pod';

export interface SeenLeftover extends Pick<SeenChild, 'uid' | 'resourceVersion' | 'belongs' | 'deleting'> {
  readonly kind: Leftover;
}

/**
 * Those to delete. What belongs to a deleted workspace is the garbage collector's; what belongs to somebody else stays.
 * The caller makes sure that there is no such workspace, by asking the API server and not a cache.
 */
export function planLeftovers(seen: readonly SeenLeftover[]): SeenLeftover[] {
  return seen.filter(({ belongs, deleting }) => belongs === 'orphan' && !deleting);
}
