/** Solves a day at once, as the batch does: yesterday for its prices, today to know what was possible in hindsight. */
import { certify } from '../lib/kernels/budget/certify/certify.js';
import { fillTile } from '../lib/kernels/budget/tiles/fill-tile.js';
import { memoryTiles } from '../lib/kernels/budget/tiles/memory-tiles.js';
import { planTiles } from '../lib/kernels/budget/tiles/plan-tiles.js';
import type { Candidates, Certified, Problem, Tiles } from '../lib/kernels/budget/problem.js';
import { referencePass } from '../lib/kernels/budget/dual/reference-pass.js';
import { sampleOf } from '../lib/kernels/budget/tiles/sample-people.js';
import { solveBudget } from '../lib/kernels/budget/dual/solve-budget.js';
import type { DecisionPlan } from '../lib/kernels/index.js';
import type { Day } from './decide-world.ts';

const GAP = 1e-3;
const MOST_PASSES = 300;
/** So many people are enough for 24 prices, with the limits shrunk alike; a first sample of these is enough to begin with. */
const SAMPLE_PEOPLE = 100_000;
const FIRST_SHARE = 1 / 8;

/** The prices of a day, f64[K], from a sample of its people. */
export async function pricesOf(day: Day, plan: DecisionPlan, seed: number): Promise<Float64Array> {
  const people = day.start.length - 1;
  const sample = sampleDay(day, sampleOf(people, Math.min(SAMPLE_PEOPLE / people, 1), seed));
  const share = (sample.start.length - 1) / people;
  const problem = problemOf(plan, share);
  const all = tilesOf(problem, sample);
  const first = sampleOf(all.people, FIRST_SHARE, seed);
  const options = { seed, candidates: sample.option.length };
  const outcome = await solveBudget(
    problem,
    {
      pass: referencePass(problem),
      levels: [tilesOf(problem, sample, first), all],
      certify: prices => certify(problem, all, prices, options)
    },
    { gap: GAP, maxPasses: MOST_PASSES, shouldStop: () => undefined, onProgress: () => undefined }
  );
  return outcome.prices;
}

/** What the whole day would have been worth at the best: a bound, and a plan, at these prices. */
export async function hindsight(day: Day, plan: DecisionPlan, prices: Float64Array, seed: number): Promise<Certified> {
  const problem = problemOf(plan, 1);
  return certify(problem, tilesOf(problem, day), prices, { seed, candidates: day.option.length });
}

function problemOf({ limits, options, personCap, channels }: DecisionPlan, share: number): Problem {
  const cap = limits.cap.map(each => each * share);
  return { limits: { cap, floor: limits.floor }, options, caps: { person: personCap, channels } };
}

function tilesOf(problem: Problem, day: Candidates, sample?: Uint32Array): Tiles {
  const planned = planTiles(problem, day, sample);
  const tiles = planned.tiles.map((_, index) => fillTile(planned, index, problem, day));
  return memoryTiles(tiles, planned.people / (day.start.length - 1), planned.people);
}

function sampleDay(day: Day, people: Uint32Array): Candidates {
  const start = new Uint32Array(people.length + 1);
  const first = (person: number): number => day.start[person] as number;
  people.forEach((person, at) => (start[at + 1] = (start[at] as number) + first(person + 1) - first(person)));
  const option = new Int32Array(start[people.length] as number);
  const value = new Float32Array(option.length);
  people.forEach((person, at) => {
    option.set(day.option.subarray(first(person), first(person + 1)), start[at]);
    value.set(day.value.subarray(first(person), first(person + 1)), start[at]);
  });
  return { start, option, value };
}
