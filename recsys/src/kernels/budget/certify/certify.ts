/** The certificate: a bound that no plan can beat, and a plan that keeps every cap. */
import { CompensatedSum } from '../compensated-sum.js';
import { OptionChooser } from './choose-options.js';
import { limitsTerm, optionPrices } from '../dual/prices.js';
import type { Certified, Problem, Tiles } from '../problem.js';
import { repair } from './repair.js';
import type { RepairScan } from './repair-scan.js';
import { Selection } from './selection.js';

export interface CertifyOptions {
  readonly seed: number;
  /** V: how many candidates there are. */
  readonly candidates: number;
  /** Called at least every 100 ms or so; what it throws ends the certificate. */
  readonly pause?: () => Promise<void>;
}

/** So many cells are looked at in some tens of milliseconds. */
const CELLS_PER_PAUSE = 2 ** 20;
const HALF_ULP = 2 ** -53;

/**
 * What the prices are worth, certified.
 *
 * Shapes   tiles of all people; prices f64[K], positive of caps, negative of floors.
 * Throws   RangeError if the tiles are of a sample, or a price is not finite.
 * Edges    a positive price of a limit without a cap: the bound is Infinity.
 * Accuracy the bound is at least the optimum of the linear program, rounding included.
 * Cost     O(V) for each of a few passes; memory of 1 bit a candidate, and of 2²⁰ moves.
 */
export async function certify(
  problem: Problem,
  tiles: Tiles,
  prices: Float64Array,
  { seed, candidates, pause = () => Promise.resolve() }: CertifyOptions
): Promise<Certified> {
  if (tiles.share !== 1) throw new RangeError(`tiles of a share of ${tiles.share}: want those of everybody`);
  if (!prices.every(price => Number.isFinite(price))) throw new RangeError('prices: want finite numbers');
  const price = optionPrices(problem.options, prices, new Float64Array(problem.options.start.length - 1));
  const selection = new Selection(problem, candidates);
  const scan = { problem, tiles, prices, price, selection, seed, pause: pauseEvery(CELLS_PER_PAUSE, pause) };
  const chosen = await chooseAll({ ...scan, price: loweredPrices(problem, prices, price) });
  const bound = boundOf(problem, prices, chosen);
  await repair({ ...scan, cells: chosen.cells }, bound);
  return certified(selection, bound);
}

function pauseEvery(cells: number, pause: () => Promise<void>): (cells: number) => Promise<void> {
  let sincePause = 0;
  return async more => {
    sincePause += more;
    if (sincePause < cells) return;
    sincePause = 0;
    await pause();
  };
}

interface Chosen {
  readonly surplus: number;
  /** No sum of a tile has more terms. */
  readonly terms: number;
  readonly cells: number;
}

/** Sends what everybody would choose. */
async function chooseAll(scan: Omit<RepairScan, 'cells'>): Promise<Chosen> {
  const { problem, tiles, price, selection, seed } = scan;
  const chooser = new OptionChooser(problem, price, seed);
  const all = new CompensatedSum();
  let [terms, cells] = [0, 0];
  for (let index = 0; index < tiles.count; index += 1) {
    const tile = tiles.tile(index);
    const { surplus, sends } = chooser.chooseTile(tile, index, selection);
    all.add(surplus);
    terms = Math.max(terms, sends);
    cells += tile.value.length;
    await scan.pause(tile.value.length);
  }
  selection.recount();
  return { surplus: all.total, terms, cells };
}

/**
 * The dual at these prices, and as much as rounding may have taken from it: each margin is off by a few halves of its last place, each
 * sum of a tile by as many as it has terms. Numbers that overflow bound nothing.
 */
function boundOf(problem: Problem, prices: Float64Array, { surplus, terms }: Chosen): number {
  const ofLimits = limitsTerm(problem.limits, prices);
  const sum = (prices: Float64Array): number => Math.abs(limitsTerm(problem.limits, prices));
  const size = sum(prices.map(price => Math.max(price, 0))) + sum(prices.map(price => Math.min(price, 0)));
  const bound = surplus + ofLimits + 2 * HALF_ULP * ((terms + 16) * surplus + 16 * size);
  return Number.isFinite(bound) ? bound : Infinity;
}

/**
 * What options cost, less all that rounding may have added, to them and to the margins that they are taken from: so nobody is left
 * without what would be a gain, and what is far from one adds nothing to the bound.
 */
function loweredPrices({ options }: Problem, prices: Float64Array, price: Float64Array): Float64Array {
  const sizes = optionPrices(options, prices.map(Math.abs), new Float64Array(price.length));
  return price.map((own, option) => {
    const terms = (options.start[option + 1] as number) - (options.start[option] as number);
    return own - 2 * HALF_ULP * (terms + 16) * (sizes[option] as number);
  });
}

function certified(selection: Selection, bound: number): Certified {
  const { problem, usage, value, send } = selection;
  const { cap, floor } = problem.limits;
  for (const [limit, used] of usage.entries()) {
    if (used > (cap[limit] as number))
      throw new Error(`limit ${limit} is used ${used} times: its cap is ${cap[limit]}`);
  }
  const shortfall = usage.map((used, limit) => Math.max(0, (floor[limit] as number) - used));
  return { bound, value, usage, shortfall, send };
}
