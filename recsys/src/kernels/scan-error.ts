/**
 * Decides how wrong the scores of a scan can be, and so whether what it left out can matter (ADR 0009). Bounds, never samples: they hold for
 * every order of additions, with or without fused multiply-add.
 */
import type { QuantisationLoss, QuantisedQuery } from './quantise.js';

/** Half a unit in the last place of 1 in float32. */
const UNIT = 2 ** -24;
/** Rounding steps beside the additions of the products: the last rounding, what is added, the scales of a block. */
const MORE_STEPS = 8;
/** Sums of this magnitude may overflow float32 on the way: nothing can be said of such a scan. */
const OVERFLOW = 2 ** 120;
/** What a result loses at most that is too small for a normal float32, whether it is rounded or flushed to zero. */
const UNDERFLOW = 2 ** -126;
/** Products of 8-bit numbers, with one of them shifted to 0 … 255, by two scales whose product underflows. */
const LARGEST_PRODUCT = 2 ** 16;
/** The distance of float32 numbers that are not normal, and half of that of float64 numbers at 1. */
const SMALLEST = 2 ** -149;
const UNIT64 = 2 ** -53;

export interface ScanMagnitudes {
  readonly dimensions: number;
  /** Euclidean norm of the query as the scan gets it. */
  readonly queryNorm: number;
  /** The largest norm of an item. */
  readonly maxItemNorm: number;
  /** The largest finite magnitude of what is added to a score. */
  readonly maxAdded: number;
}

/**
 * The largest |scan's score − true score| of a float32 scan; Infinity where sums could overflow.
 *
 * Source   Higham, Accuracy and Stability of Numerical Algorithms, section 3.1: |fl(x·y) − x·y| ≤ γ(n)·|x|·|y|, then Cauchy-Schwarz.
 */
export function floatScanError({ dimensions, queryNorm, maxItemNorm, maxAdded }: ScanMagnitudes): number {
  const magnitude = queryNorm * maxItemNorm + maxAdded;
  const steps = dimensions + MORE_STEPS;
  return magnitude < OVERFLOW ? gamma(steps) * magnitude + 2 * steps * UNDERFLOW : Infinity;
}

/** The largest |scan's score − true score| of a scan of 8-bit items with a query that `quantiseQuery` has rounded. */
export function quantisedScanError(
  magnitudes: ScanMagnitudes,
  { maxError, maxNorm }: QuantisationLoss,
  query: QuantisedQuery
): number {
  const { dimensions, queryNorm, maxAdded } = magnitudes;
  const rounding = floatScanError({ dimensions, queryNorm: query.norm, maxItemNorm: maxNorm, maxAdded });
  const underflow = dimensions * LARGEST_PRODUCT * UNDERFLOW;
  return (maxError * queryNorm + maxNorm * query.error) * (1 + UNIT) + rounding + underflow;
}

/**
 * Whether no row that a scan left out can be among the best k: `kth` is the k-th best true score (float32), `worst` the worst score of a
 * candidate of the scan. An equal score of a row left out would matter, for it might be the smaller row.
 */
export function isCertified(kth: number, worst: number, error: number): boolean {
  const most = worst + error;
  const rounding = Math.abs(most) * 2 * UNIT + SMALLEST + (Math.abs(worst) + error) * 2 * UNIT64;
  return kth > most + rounding;
}

function gamma(steps: number): number {
  return (steps * UNIT) / (1 - steps * UNIT);
}
