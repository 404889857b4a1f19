/**
 * Decides who may start now, offer by offer.
 *
 * Strictly in line: by priority (higher first), then submission, then id. Nobody overtakes, not even a small run that
 * would fit while a large one waits for room; so a large run is never starved by a stream of small ones. The price is
 * that slots may stay free for a while. Only a run that wants more than the whole offer has is passed over: it can never
 * start, and would hold up everybody behind it for ever. What processes of others keep busy counts as held: who waits for
 * it waits, since nobody knows for how long. Who holds no slots, as kernels on the processors do, waits for nobody.
 */
import type { Capacity } from './run.js';

/** One run as the queue sees it. */
export interface QueueEntry {
  readonly id: string;
  readonly offer: string;
  /** A process takes one slot; 0: it uses the offer and keeps nobody from it. */
  readonly slots: number;
  readonly priority: number;
  readonly submittedAtMs: number;
  /** `holding` runs keep their slots until they have let them go. */
  readonly state: 'waiting' | 'holding';
}

/** Where a waiting run stands. `position` counts from 1 among those of its offer that do not start now. */
export type QueuePlace =
  | { readonly place: 'admitted' }
  | {
      readonly place: 'waiting';
      readonly position: number;
      /** Who keeps slots of the offer busy without being in the queue, for people; absent: nobody. */
      readonly blockedBy?: readonly string[];
    }
  /** It wants more than the offer has at all. */
  | { readonly place: 'impossible' };

/** The place of every waiting entry, by id; holding entries have none. Ids are unique. */
export function planQueue(
  entries: readonly QueueEntry[],
  capacities: readonly Capacity[]
): ReadonlyMap<string, QueuePlace> {
  const places = new Map<string, QueuePlace>();
  for (const offer of new Set(entries.map(entry => entry.offer))) {
    const ofOffer = entries.filter(entry => entry.offer === offer);
    for (const [id, place] of planOffer(ofOffer, capacityOf(offer, capacities))) places.set(id, place);
  }
  return places;
}

/** What there is of the offer; without slots when nobody offers it. */
export function capacityOf(offer: string, capacities: readonly Capacity[]): Capacity {
  return capacities.find(capacity => capacity.offer === offer) ?? { offer, slots: 0 };
}

/** How many slots one run or kernel may have. */
export function mostSlotsOf({ slots, mostSlots = slots }: Capacity): number {
  return Math.min(slots, mostSlots);
}

/** How many slots nobody of the queue can have, because others keep them busy. */
export function slotsBlocked({ blocked = [] }: Capacity): number {
  return blocked.length;
}

/** How many slots of the offer are held. */
export function slotsHeld(offer: string, entries: readonly QueueEntry[]): number {
  const holding = entries.filter(entry => entry.offer === offer && entry.state === 'holding');
  return holding.reduce((sum, entry) => sum + Math.max(0, entry.slots), 0);
}

function planOffer(entries: readonly QueueEntry[], capacity: Capacity): [string, QueuePlace][] {
  const places: [string, QueuePlace][] = [];
  const blockedBy = capacity.blocked ?? [];
  let free = capacity.slots - slotsHeld(capacity.offer, entries) - slotsBlocked(capacity);
  let position = 0;
  for (const entry of entries.filter(({ state }) => state === 'waiting').sort(inLine)) {
    if (!isPossible(entry, capacity)) {
      places.push([entry.id, { place: 'impossible' }]);
    } else if (entry.slots === 0 || (position === 0 && entry.slots <= free)) {
      free -= entry.slots;
      places.push([entry.id, { place: 'admitted' }]);
    } else {
      position += 1;
      places.push([entry.id, { place: 'waiting', position, ...(blockedBy.length === 0 ? {} : { blockedBy }) }]);
    }
  }
  return places;
}

function isPossible({ slots }: QueueEntry, capacity: Capacity): boolean {
  return capacity.slots > 0 && Number.isInteger(slots) && slots >= 0 && slots <= mostSlotsOf(capacity);
}

function inLine(a: QueueEntry, b: QueueEntry): number {
  return ascending(b.priority, a.priority) || ascending(a.submittedAtMs, b.submittedAtMs) || ascending(a.id, b.id);
}

/** By comparison, not by subtraction: infinities are legal here. */
function ascending(a: number | string, b: number | string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
