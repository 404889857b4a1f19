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
  return magnitude < OVERFLOW ? gamma(dimensions + MORE_STEPS) * magnitude : Infinity;
}

/** The largest |scan's score − true score| of a scan of 8-bit items with a query that `quantiseQuery` has rounded. */
export function quantisedScanError(
  magnitudes: ScanMagnitudes,
  { maxError, maxNorm }: QuantisationLoss,
  query: QuantisedQuery
): number {
  const { dimensions, queryNorm, maxAdded } = magnitudes;
  const rounding = floatScanError({ dimensions, queryNorm: query.norm, maxItemNorm: maxNorm, maxAdded });
  return (maxError * queryNorm + maxNorm * query.error) * (1 + UNIT) + rounding;
}

/**
 * Whether no row that a scan left out can be among the best k: `kth` is the k-th best true score (float32), `worst` the worst score of a
 * candidate of the scan. An equal score of a row left out would matter, for it might be the smaller row.
 */
export function isCertified(kth: number, worst: number, error: number): boolean {
  const most = worst + error;
  return kth > most + Math.abs(most) * 2 * UNIT;
}

function gamma(steps: number): number {
  return (steps * UNIT) / (1 - steps * UNIT);
}
