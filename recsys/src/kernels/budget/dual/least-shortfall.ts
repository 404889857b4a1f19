/**
 * Whether the floors of a problem can be kept at all, and if not, how much has to give (phase 1).
 *
 * The same solve with other money: no candidate is worth anything, and what is missing to a floor costs 1 a unit. So no floor's price goes below −1;
 * where the bound of this problem is below 0, no plan keeps all floors. The limits with a price are those in conflict: take any one of them away, and
 * the prices no longer prove it.
 */
import { meanWeights } from './prices.js';
import type { Certified, Problem, SmoothPass, Tiles } from '../problem.js';
import { solveBudget } from './solve-budget.js';
import type { SolveOptions } from './solve-budget.js';
import { withoutValues } from './without-values.js';

export interface ShortfallPorts {
  readonly pass: SmoothPass;
  /** Samples, the smallest first; the last one is everybody. */
  readonly levels: readonly Tiles[];
  /** Of other tiles of everybody than the solve's: the same people and candidates, worth nothing. */
  readonly certifyTiles: (tiles: Tiles, prices: Float64Array) => Promise<Certified>;
}

export interface LeastShortfall {
  /** No plan misses less, over all floors, in their units; 0: nothing says that they cannot be kept. */
  readonly shortfall: number;
  /** f64[K], from −1; those that are not 0 prove it. */
  readonly prices: Float64Array;
  /** f64[K]: floors that are lower by so much can be kept, for a plan does. */
  readonly byLimit: Float64Array;
}

/** @throws whatever a pass or a certification throws. */
export async function leastShortfall(
  problem: Problem,
  { pass, levels, certifyTiles }: ShortfallPorts,
  { gap, maxPasses, shouldStop, onProgress }: SolveOptions
): Promise<LeastShortfall> {
  const { floor } = problem.limits;
  const everybody = withoutValues(lastOf(levels));
  const certify = async (prices: Float64Array): Promise<Certified> => {
    const certified = await certifyTiles(everybody, prices);
    const value = -certified.shortfall.reduce((sum, each) => sum + each, 0);
    return { ...certified, value, shortfall: new Float64Array(floor.length) };
  };
  const ports = { pass, levels: levels.map(withoutValues), certify };
  const footing = {
    scale: floorWeight(problem),
    lowest: floor.map(least => (least > 0 ? -1 : 0)),
    start: new Float64Array(floor.length),
    worst: -Infinity,
    isLikely: true
  };
  const { certified, prices } = await solveBudget(problem, ports, { gap, maxPasses, shouldStop, onProgress }, footing);
  return {
    shortfall: Math.max(0, -certified.bound),
    prices,
    byLimit: floor.map((least, k) => Math.max(0, least - (certified.usage[k] as number)))
  };
}

/** What an option that serves one floor is worth at the floor's lowest price, on average; 1 where there is no floor. */
function floorWeight({ limits, options }: Problem): number {
  const weights = meanWeights(options, limits.floor.length).filter((_, k) => (limits.floor[k] as number) > 0);
  return weights.length === 0 ? 1 : weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
}

function lastOf(levels: readonly Tiles[]): Tiles {
  const last = levels.at(-1);
  if (last === undefined) throw new RangeError('the least shortfall needs at least the tiles of everybody');
  return last;
}
