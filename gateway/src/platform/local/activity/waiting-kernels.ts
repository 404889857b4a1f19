/**
 * Decides which kernels hold compute that somebody waits for: for these the soft limit of the policy counts.
 *
 * The queue is strictly in line, so only the first of an offer matters, and only if kernels could let it start: where
 * runs hold the rest, a kernel that went would have gone for nothing. Who waits for the place of its own former kernel
 * is not helped by that one's end, for it takes those devices over anyway.
 */
import { capacityOf, planQueue, slotsBlocked, slotsHeld } from '@berth/operator/plan';
import type { Capacity } from '@berth/operator/plan';
import type { ComputeClaim } from '../ports.js';

/** Jupyter's ids of the kernels whose end would help somebody who waits. */
export function waitingKernels(claims: readonly ComputeClaim[], capacities: readonly Capacity[]): ReadonlySet<string> {
  const firsts = firstInLine(claims, capacities);
  return new Set(
    claims.flatMap(claim => {
      const first = firsts.find(({ offer }) => offer === claim.offer);
      const helps = first !== undefined && isHeld(claim) && first.heirOf !== claim.id;
      return helps && typeof claim.kernelId === 'string' ? [claim.kernelId] : [];
    })
  );
}

/** Who is next on each offer, where the kernels of that offer are what it waits for. */
function firstInLine(claims: readonly ComputeClaim[], capacities: readonly Capacity[]): ComputeClaim[] {
  const places = planQueue(claims, capacities);
  return claims.filter(claim => {
    const place = places.get(claim.id);
    return place?.place === 'waiting' && place.position === 1 && canBeHelped(claim, claims, capacities);
  });
}

function canBeHelped(
  { offer, slots, heirOf }: ComputeClaim,
  claims: readonly ComputeClaim[],
  capacities: readonly Capacity[]
): boolean {
  const capacity = capacityOf(offer, capacities);
  const free = capacity.slots - slotsHeld(offer, claims) - slotsBlocked(capacity);
  const others = claims.filter(one => one.offer === offer && isHeld(one) && one.id !== heirOf);
  return free + others.reduce((sum, one) => sum + one.slots, 0) >= slots;
}

/** A kernel that was started and has slots of its own. */
function isHeld({ kind, state, slots, kernelId }: ComputeClaim): boolean {
  return kind === 'kernel' && state === 'holding' && slots > 0 && typeof kernelId === 'string';
}
