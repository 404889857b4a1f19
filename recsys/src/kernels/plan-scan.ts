/** Decides how the best rows are looked for (ADR 0009): each stage proposes candidates, and those that it cannot certify go to the next one. */

import { DEVICE_CANDIDATES, MAX_CANDIDATES } from '../graphs/index.js';

export { MAX_CANDIDATES };

export type ScanKind = 'device' | 'quantised' | 'float' | 'chosen' | 'all';

export interface ScanStage {
  readonly scan: ScanKind;
  /** How many candidates a query; for `all` every row that may be an answer. */
  readonly candidates: number;
}

export interface ScanFacts {
  /** Rows of the corpus, and how many of them may be answers. */
  readonly rows: number;
  readonly eligible: number;
  readonly queries: number;
  /** How many best rows each query needs. */
  readonly wanted: number;
  readonly hasQuantised: boolean;
  /** Whether a GPU scans too, all rows in place. */
  readonly hasDevice: boolean;
  /** By how much more candidates than wanted rows the 8-bit scan has needed lately. */
  readonly stretch: number;
}

/** Up to so many scores by the definition cost less than any scan. */
const FEW_SCORES = 1000;
/** Up to so many queries the 8-bit scan is the faster one: it is bound by memory, the float32 scan by arithmetic. */
export const QUANTISED_QUERIES = 7;
/** Gathering rows costs about as much as so many times scanning them in place. */
const CHOSEN_SHARE = { quantised: 0.1, float: 0.4 } as const;
const FLOAT_SPARE = 16;
const WIDER = 4;

/**
 * The stages for a group of queries, the cheapest first. The last one is always `all`, which cannot fail.
 *
 * Edges    nothing eligible → one stage `all` with 0 candidates.
 */
export function planScan(facts: ScanFacts): ScanStage[] {
  const { rows, eligible, queries, wanted, hasQuantised } = facts;
  const all: ScanStage = { scan: 'all', candidates: eligible };
  if (eligible * queries <= FEW_SCORES || eligible <= wanted) return [all];
  const isQuantised = hasQuantised && queries <= QUANTISED_QUERIES;
  const isFew = eligible <= rows * CHOSEN_SHARE[isQuantised ? 'quantised' : 'float'];
  const narrow = wanted + FLOAT_SPARE + Math.ceil(wanted / 16);
  const cheap = cheapStage(facts, narrow, isQuantised && !isFew);
  // A device's scan is as precise as one in float32: after it only wider ones can help.
  const least = cheap?.scan === 'device' ? DEVICE_CANDIDATES + 1 : narrow;
  const precise = [narrow, narrow * WIDER, narrow * WIDER ** 2]
    .filter(candidates => candidates >= least)
    .map((candidates): ScanStage => ({ scan: isFew ? 'chosen' : 'float', candidates }));
  const most = Math.min(MAX_CANDIDATES, eligible);
  return [...(cheap === undefined ? [] : [cheap]), ...precise]
    .filter(({ candidates }) => candidates <= most)
    .concat(all);
}

/** What is tried before the scans in float32, if anything is cheaper. */
function cheapStage(
  { eligible, wanted, stretch, hasDevice }: ScanFacts,
  narrow: number,
  isQuantised: boolean
): ScanStage | undefined {
  if (hasDevice && narrow <= DEVICE_CANDIDATES && DEVICE_CANDIDATES <= eligible)
    return { scan: 'device', candidates: DEVICE_CANDIDATES };
  return isQuantised ? { scan: 'quantised', candidates: Math.ceil(wanted * stretch) + FLOAT_SPARE } : undefined;
}
