/** Lays people into tiles: everybody, and samples of them for the first, cheap passes. */
import { fillTile } from '../../kernels/budget/tiles/fill-tile.js';
import { planTiles } from '../../kernels/budget/tiles/plan-tiles.js';
import type { Candidates, Problem, Tile } from '../../kernels/budget/problem.js';
import { sampleOf } from '../../kernels/budget/tiles/sample-people.js';
import { ProblemList } from '../../kernels/index.js';
import type { Control } from '../control.js';
import { blockProblems } from './check-block.js';
import { type BlockSize, ColumnBlocks } from './column-blocks.js';
import type { CreateBudget } from './create-budget.js';
import { MOST_SAMPLED_ON_DISK } from './estimate-budget.js';
import type { Fingerprint } from './fingerprint.js';
import { GatheredSample } from './gathered-sample.js';
import { refusalOf } from './refusal.js';
import { MemoryStore, type TileStore } from './tile-store.js';

/** Tiles of some people: the last level is everybody. */
export interface Level {
  readonly share: number;
  readonly people: number;
  readonly store: TileStore;
}

export interface Laying {
  readonly folder: string;
  readonly create: CreateBudget;
  readonly problem: Problem;
  readonly isResident: boolean;
  /** @param level  its number, from the smallest on */
  readonly makeStore: (level: number) => TileStore;
  readonly control: Control;
  /** Hears how many candidates are laid. */
  readonly onLaid?: (candidates: number) => void;
  /** Takes the candidates as they are laid. */
  readonly fingerprint?: Fingerprint;
  /** Left out, those that are quickest. */
  readonly blocks?: BlockSize;
  readonly samples?: SampleSizes;
}

/** How large samples are. */
export interface SampleSizes {
  /** Candidates of the first one, about; each that follows has `GROWTH` times as many. */
  readonly first: number;
  /** A sample of fewer people would tell nothing. */
  readonly fewestPeople: number;
}

const SAMPLES: SampleSizes = { first: 2 ** 17, fewestPeople: 1000 };
const GROWTH = 8;
/** A sample of more would save nothing. */
const MOST_SHARE = 1 / 6;
/** Samples are the same for every solve: the seed of a solve decides between equals. */
export const SAMPLE_SEED = 1;

/** How many of all people the samples have, the smallest first. */
export function sampleShares({ candidates, people }: CreateBudget, most: number, sizes = SAMPLES): number[] {
  const shares: number[] = [];
  for (let sampled = sizes.first; sampled <= Math.min(candidates * MOST_SHARE, most); sampled *= GROWTH) {
    const share = sampled / candidates;
    if (share * people >= sizes.fewestPeople) shares.push(share);
  }
  return shares;
}

/** @throws RuntimeError `invalid-input` naming all that is wrong with the candidates; `cancelled` */
export async function layLevels(laying: Laying): Promise<Level[]> {
  const { create, problem, isResident, makeStore, control } = laying;
  const { people } = create;
  const shares = sampleShares(create, isResident ? Infinity : MOST_SAMPLED_ON_DISK, laying.samples);
  const samples = shares.map(share => new GatheredSample(sampleOf(people, share, SAMPLE_SEED)));
  const everybody: Level = { share: 1, people, store: makeStore(samples.length) };
  const levels: Level[] = [everybody];
  try {
    await layEverybody(laying, samples, everybody.store);
    for (const [level, sample] of samples.entries()) {
      const store = makeStore(level);
      levels.splice(level, 0, { share: sample.people.length / people, people: sample.people.length, store });
      await lay(sample.problemOf(problem), sample.candidates, 0, store, control);
    }
    return levels;
  } catch (error: unknown) {
    for (const { store } of levels) store.close();
    throw error;
  }
}

async function layEverybody(laying: Laying, samples: readonly GatheredSample[], store: TileStore): Promise<void> {
  const { folder, create, problem, control } = laying;
  const columns = new ColumnBlocks(folder, create, problem, laying.blocks);
  const list = new ProblemList();
  try {
    for await (const block of columns.blocks()) {
      await control.pause();
      blockProblems(block, create.options, list);
      if (list.full) break;
      if (list.problems.length > 0) continue;
      laying.fingerprint?.takeCandidates(block.candidates);
      for (const sample of samples) sample.take(block);
      await lay(block.problem, block.candidates, block.firstCandidate, store, control);
      laying.onLaid?.(block.firstCandidate + block.candidates.value.length);
    }
  } finally {
    await columns.close();
  }
  if (list.problems.length > 0) throw refusalOf(list.problems);
}

async function lay(
  problem: Problem,
  candidates: Candidates,
  first: number,
  store: TileStore,
  control: Control
): Promise<void> {
  await control.pause();
  const plan = planTiles(problem, candidates);
  for (let index = 0; index < plan.tiles.length; index += 1) {
    store.add(moved(fillTile(plan, index, problem, candidates), first));
    await control.pause();
  }
}

/** The same, but for the last level, which is large, read from their files once. */
export function withSamplesInMemory(levels: readonly Level[]): Level[] {
  return levels.map((level, index) => {
    if (index === levels.length - 1) return level;
    const store = new MemoryStore();
    for (let tile = 0; tile < level.store.count; tile += 1) store.add(level.store.tile(tile));
    level.store.close();
    return { ...level, store };
  });
}

/** Numbers candidates as all of them are, from those of a block. */
function moved(tile: Tile, by: number): Tile {
  const numbers = tile.first.length > 0 ? tile.first : tile.candidate;
  for (let at = 0; by > 0 && at < numbers.length; at += 1) numbers[at] = (numbers[at] as number) + by;
  return tile;
}
