/** Decides what would happen to a request, before it is made: now, wait, or never. */
import { capacityOf, planQueue, slotsBlocked, slotsHeld } from './plan-queue.js';
import { DEFAULT_LIMITS, requestProblems } from './request-problems.js';
import type { QueueEntry } from './plan-queue.js';
import type { RequestLimits, RequestProblem } from './request-problems.js';
import type { Capacity, RunRequest } from './run.js';

export type Verdict =
  | { readonly verdict: 'now' }
  | {
      readonly verdict: 'wait';
      /** From 1 among those who wait for this offer. */
      readonly position: number;
      /** How many runs wait in front of it. */
      readonly ahead: number;
      /** What others keep busy included. */
      readonly slotsInUse: number;
      readonly slots: number;
      /** Who keeps slots busy without being in the queue, for people; absent: nobody. */
      readonly blockedBy?: readonly string[];
      /** At the latest in this time, unless a higher priority comes. Absent: unknown; an estimate is never invented. */
      readonly etaMs?: number;
    }
  | { readonly verdict: 'never'; readonly reasons: readonly RequestProblem[] };

export interface VerdictOptions {
  readonly limits?: RequestLimits;
  /** In how many milliseconds a holding run will have let go, by its id, where that is certain (a deadline and its grace). */
  readonly endsInMs?: ReadonlyMap<string, number>;
}

/** Nobody submits with this id, so it cannot be taken for a run that is there. */
const ASKED = '\u0000asked';

/** The verdict on a request that would be submitted now, behind all of its priority. */
export function planVerdict(
  request: RunRequest,
  capacities: readonly Capacity[],
  entries: readonly QueueEntry[],
  options: VerdictOptions = {}
): Verdict {
  const reasons = requestProblems(request, capacities, options.limits ?? DEFAULT_LIMITS);
  if (reasons.length > 0) return { verdict: 'never', reasons };
  const { offer, processes, priority } = request;
  const asked: QueueEntry = { id: ASKED, offer, slots: processes, priority, submittedAtMs: Infinity, state: 'waiting' };
  const places = planQueue([...entries, asked], capacities);
  const place = places.get(ASKED);
  if (place?.place !== 'waiting') return { verdict: 'now' };
  const { position, blockedBy } = place;
  const capacity = capacityOf(offer, capacities);
  const taken = entries.filter(entry => entry.state === 'holding' || places.get(entry.id)?.place === 'admitted');
  const etaMs = position === 1 ? etaOfFirst(asked, capacity, taken, options.endsInMs) : undefined;
  return {
    verdict: 'wait',
    position,
    ahead: position - 1,
    slotsInUse: slotsHeld(offer, entries) + slotsBlocked(capacity),
    slots: capacity.slots,
    ...(blockedBy === undefined ? {} : { blockedBy }),
    ...(etaMs === undefined ? {} : { etaMs })
  };
}

/** When enough slots are free for the first in line, if the ends that are certain free enough. */
function etaOfFirst(
  asked: QueueEntry,
  capacity: Capacity,
  taken: readonly QueueEntry[],
  endsInMs: ReadonlyMap<string, number> = new Map()
): number | undefined {
  const ofOffer = taken.filter(entry => entry.offer === asked.offer);
  let free = capacity.slots - slotsBlocked(capacity) - ofOffer.reduce((sum, entry) => sum + entry.slots, 0);
  const ends = ofOffer.flatMap(entry => {
    const inMs = entry.state === 'holding' ? endsInMs.get(entry.id) : undefined;
    return inMs === undefined ? [] : [{ slots: entry.slots, inMs }];
  });
  for (const end of ends.sort((a, b) => a.inMs - b.inMs)) {
    free += end.slots;
    if (free >= asked.slots) return end.inMs;
  }
  return undefined;
}
