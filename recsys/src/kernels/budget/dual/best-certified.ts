/** The best that certifications found so far: the lowest bound and the best plan need not come from the same prices. */
import type { Certified } from '../problem.js';

/** In units of a candidate's value: a bound below this differs from 0 by rounding only. */
const NEGLIGIBLE = 1e-9;

export class BestCertified {
  private best: Certified | undefined;
  /** Of the lowest bound. */
  private boundPrices: Float64Array | undefined;

  /** `scale`: how large values of candidates are. */
  constructor(private readonly scale: number) {}

  take(certified: Certified, prices: Float64Array): void {
    const { best } = this;
    if (best === undefined || certified.bound < best.bound) this.boundPrices = prices;
    const plan = best === undefined || isBetterPlan(certified, best) ? certified : best;
    this.best = { ...plan, bound: Math.min(certified.bound, best?.bound ?? Infinity) };
  }

  get certified(): Certified | undefined {
    return this.best;
  }

  get prices(): Float64Array | undefined {
    return this.boundPrices;
  }

  /** Infinity as long as no plan keeps every floor. */
  get gap(): number {
    return this.best === undefined ? Infinity : certifiedGap(this.best, this.scale);
  }
}

/** How far a plan is from the bound, relative to it; Infinity for a plan that misses a floor: it is none. */
function certifiedGap({ bound, value, shortfall }: Certified, scale: number): number {
  if (missing(shortfall) > 0) return Infinity;
  return bound === value ? 0 : (bound - value) / Math.max(Math.abs(bound), NEGLIGIBLE * scale);
}

function isBetterPlan(one: Certified, other: Certified): boolean {
  const [less, more] = [missing(one.shortfall), missing(other.shortfall)];
  return less < more || (less === more && one.value > other.value);
}

function missing(shortfall: Float64Array): number {
  return shortfall.reduce((sum, each) => sum + each, 0);
}
