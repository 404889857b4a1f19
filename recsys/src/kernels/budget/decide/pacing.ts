/**
 * Moves the price of a limit so that what it allows lasts to the end of the day, no less and no longer.
 *
 * Time is counted in arrivals, not in minutes: the wanted rate is what is left of the limit for each person still to come. After an outage fewer are
 * left, so each gets more; a burst uses more, so those after it get less. Nothing is added up over time that a clock could spoil.
 *
 * A price moves by `GAIN` of a Newton step: where the values beyond the price fall off as an exponential with a mean of `excess`, the rate falls by the
 * fraction 1/e each time that the price rises by `excess`. What was sent tells that mean: it is the mean of value − price.
 */

/** One limit, and what happened since its price was last moved. */
export interface PacedLimit {
  readonly cap: number;
  readonly floor: number;
  readonly price: number;
  readonly spent: number;
  /** Mean of (value − price) / weight over what was wanted under this limit, or the best guess at it. */
  readonly excess: number;
  readonly seen: Seen;
}

export interface Seen {
  readonly arrivals: number;
  /** What the price let through, sent or held back. */
  readonly wanted: number;
  /** How many times in a row, before this one, nothing was wanted at all. */
  readonly idleSteps: number;
}

/** Smaller follows later; above 1 swings where several limits hold the same candidates. */
const GAIN = 0.25;
/** Where all values are the same there is no excess: the price then still moves by this part of itself, to both sides of that value. */
const LEAST_STEP = 1 / 256;
/** As many as there are between a value and a price that is wrong by a factor of 10¹². */
const MOST_DOUBLINGS = 40;
/** A price is moved about this often in a day. */
const STEPS_A_DAY = 200;
/** The part of what is left that may be spent before the price is looked at again. */
const STEPS_AHEAD = 10;
/** Fewer sends than these say little about a rate. */
const TELLING_SENDS = 8;
/** The part of the cap after which even a small one is looked at. */
const LARGEST_PART = 1 / 4;
/** How far a limit may be ahead of the day: whatever its price lets through beyond is held back. */
const AHEAD = 0.1;

/**
 * The next price of a limit.
 *
 * Shapes   `arrivalsLeft`: people still expected, positive → positive: of the cap, negative: of the floor, 0: neither binds.
 * Units    prices and `excess` in value for each unit of the limit.
 * Edges    a limit with neither cap nor floor has 0, one whose floor is reached has none below 0. A used up cap raises the price as if twice
 *          too much was wanted. Where nothing is wanted again and again, each step down is twice the one before it: a price may be
 *          wrong by a factor of a million.
 */
export function nextPrice(limit: PacedLimit, arrivalsLeft: number): number {
  const { cap, floor, price, spent, seen } = limit;
  const rate = seen.wanted / Math.max(seen.arrivals, 1);
  const most = Math.max(cap - spent, 0) / arrivalsLeft;
  const least = Math.max(floor - spent, 0) / arrivalsLeft;
  const step = GAIN * Math.max(limit.excess, Math.abs(price) * LEAST_STEP);
  if (price > 0 || (price === 0 && rate > most)) {
    const times = seen.wanted > 0 ? 1 : 2 ** Math.min(seen.idleSteps, MOST_DOUBLINGS);
    return Math.max(0, price + times * step * relativeError(rate, most));
  }
  if (spent >= floor) return 0;
  if (price < 0 || rate < least) return Math.min(0, price + step * relativeError(rate, least));
  return 0;
}

/** −1 for nothing, 0 as wanted, 1 for twice as much or more. */
function relativeError(rate: number, wanted: number): number {
  if (wanted === Infinity) return -1;
  return wanted > 0 ? Math.min(rate / wanted - 1, 1) : 1;
}

/** What of a limit the price is there to spread: its cap, or its floor where that binds or is all there is. */
export function spreadAmount({ cap, floor, price }: Pick<PacedLimit, 'cap' | 'floor' | 'price'>): number {
  return price < 0 || cap === Infinity ? floor : cap;
}

/**
 * How much of a limit to use before its price is looked at again: enough to tell the rate from chance, little enough to correct it.
 *
 * Shapes   `amount`: of `spreadAmount`; `weight`: what one send counts, on average.
 */
export function nextQuantum(amount: number, spent: number, weight: number): number {
  const left = Math.max(amount - spent, 0);
  const telling = Math.min(TELLING_SENDS * weight, amount * LARGEST_PART);
  return Math.max(telling, Math.min(amount / STEPS_A_DAY, left / STEPS_AHEAD));
}

/** How much of a cap may be used until the part `partDone` of its people should have come. */
export function usableBy(cap: number, partDone: number, weight: number): number {
  return cap === Infinity ? cap : Math.min(cap, cap * (partDone + AHEAD) + weight);
}
