/** A solve with everything in this process: tiles in memory, passes by the twin. */
import { certify } from '../certify/certify.js';
import { fillTile } from '../tiles/fill-tile.js';
import { leastShortfall } from '../dual/least-shortfall.js';
import type { LeastShortfall } from '../dual/least-shortfall.js';
import { memoryTiles } from '../tiles/memory-tiles.js';
import { planTiles } from '../tiles/plan-tiles.js';
import type { Tiles } from '../problem.js';
import { referencePass } from '../dual/reference-pass.js';
import { sampleOf } from '../tiles/sample-people.js';
import { solveBudget } from '../dual/solve-budget.js';
import type { Outcome, SolveOptions } from '../dual/solve-budget.js';
import type { TinyProblem } from './tiny-problem.js';

const SEED = 3;

export const OPTIONS: SolveOptions = {
  gap: 1e-3,
  maxPasses: 2000,
  shouldStop: () => undefined,
  onProgress: () => undefined
};

/** `shares`: of the samples, the smallest first; everybody comes after them. */
export function solveInMemory(
  tiny: TinyProblem,
  options: Partial<SolveOptions> = {},
  shares: readonly number[] = []
): Promise<Outcome> {
  const { levels, everybody } = layLevels(tiny, shares);
  const ports = {
    pass: referencePass(tiny.problem),
    levels,
    certify: (prices: Float64Array) => certify(tiny.problem, everybody, prices, certifyOptions(tiny))
  };
  return solveBudget(tiny.problem, ports, { ...OPTIONS, ...options });
}

export function leastShortfallInMemory(tiny: TinyProblem, shares: readonly number[] = []): Promise<LeastShortfall> {
  const ports = {
    pass: referencePass(tiny.problem),
    levels: layLevels(tiny, shares).levels,
    certifyTiles: (tiles: Tiles, prices: Float64Array) => certify(tiny.problem, tiles, prices, certifyOptions(tiny))
  };
  return leastShortfall(tiny.problem, ports, OPTIONS);
}

function certifyOptions({ candidates }: TinyProblem) {
  return { seed: SEED, candidates: candidates.value.length };
}

function layLevels(
  { problem, candidates }: TinyProblem,
  shares: readonly number[]
): { levels: Tiles[]; everybody: Tiles } {
  const people = candidates.start.length - 1;
  const lay = (chosen: Uint32Array | undefined): Tiles => {
    const plan = planTiles(problem, candidates, chosen);
    const tiles = plan.tiles.map((_, index) => fillTile(plan, index, problem, candidates));
    const count = chosen?.length ?? people;
    return memoryTiles(tiles, chosen === undefined ? 1 : count / people, count);
  };
  const everybody = lay(undefined);
  return { levels: [...shares.map(share => lay(sampleOf(people, share, SEED))), everybody], everybody };
}
