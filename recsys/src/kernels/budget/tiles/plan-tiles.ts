/** Decides which people lie side by side: those whose candidates fill as many columns, so that little is left empty. */
import { mergeShapes } from './merge-shapes.js';
import { PersonColumns } from '../certify/person-columns.js';
import type { Candidates, Problem } from '../problem.js';

/** So that what a pass keeps for each person stays in the cache. */
const MOST_PEOPLE = 32_768;
const MOST_CELLS = 2 ** 19;
/** Each shape costs a session and, where few people have it, a small tile: there may be one for so many candidates, within bounds. */
const CANDIDATES_PER_SHAPE = 2 ** 17;
const FEWEST_SHAPES = 32;
const MOST_SHAPES = 192;
/** Of so many shapes, few are made by merging; where there are more, numbers of candidates are rounded first. */
const MOST_TO_MERGE = 2048;
/** So many people tell how their candidates should be rounded. */
const PROBE_PEOPLE = 65_536;
const MOST_EXACT = 255;

export interface PlannedTile {
  readonly widths: readonly number[];
  readonly people: Uint32Array;
}

export interface TilePlan {
  readonly tiles: readonly PlannedTile[];
  /** How many people were planned for, with those who have no candidates and lie in no tile. */
  readonly people: number;
  /** Of all tiles, in the sum. */
  readonly cells: number;
  readonly columns: PersonColumns;
}

/** To how many columns the candidates of a channel are rounded up. */
interface Rounding {
  /** The sizes, ascending. */
  readonly sizes: readonly number[];
  /** The index in `sizes` for each number of candidates. */
  readonly codes: Uint8Array;
  /** All channels get as many as the one with the most. */
  readonly isEven: boolean;
}

interface Shapes {
  readonly widths: readonly (readonly number[])[];
  /** Each person's shape, in the order of `people`; `NO_SHAPE` for those with no candidates. */
  readonly of: Uint16Array;
}

const NO_SHAPE = 65_535;

/**
 * Which people of a sample (undefined: everybody) go into which tile.
 *
 * Edges    people with no candidates are in no tile. A person with more candidates than a tile holds has one alone.
 * Cost     O(P) time where no channel has a cap of its own, else O(V); 6 bytes of memory for each person.
 */
export function planTiles(problem: Problem, candidates: Candidates, people?: Uint32Array): TilePlan {
  const count = people?.length ?? candidates.start.length - 1;
  const columns = new PersonColumns(problem, candidates);
  const shapes = columns.isSame ? oneShape(columns, count) : chooseShapes(columns, people, count);
  const tiles = layPeople(shapes, people);
  const cells = tiles.reduce((sum, tile) => sum + tile.people.length * widthOf(tile), 0);
  return { tiles, people: count, cells, columns };
}

export function widthOf({ widths }: { readonly widths: readonly number[] }): number {
  return widths.reduce((sum, width) => sum + width, 0);
}

function oneShape(columns: PersonColumns, count: number): Shapes {
  const of = new Uint16Array(count);
  if (count === 0 || columns.read(0) === 0) return { widths: [], of: of.fill(NO_SHAPE) };
  return { widths: [[...columns.widths]], of };
}

/** The finest rounding from which not too many shapes come, merged to few. */
function chooseShapes(columns: PersonColumns, people: Uint32Array | undefined, count: number): Shapes {
  const { most, all } = countColumns(columns, people, count);
  const few = Math.min(MOST_SHAPES, Math.max(FEWEST_SHAPES, Math.floor(all / CANDIDATES_PER_SHAPE)));
  const roundings = roundingsOf(most);
  for (const [at, rounding] of roundings.entries()) {
    const isLast = at === roundings.length - 1;
    const limit = isLast ? NO_SHAPE : MOST_TO_MERGE;
    if (!isLast && shapesBy(rounding, columns, people, Math.min(count, PROBE_PEOPLE), limit) === undefined) continue;
    const shapes = shapesBy(rounding, columns, people, count, limit);
    if (shapes !== undefined) return shapes.widths.length > MOST_TO_MERGE ? shapes : fewer(shapes, few);
  }
  throw new RangeError('people have too many channels to be laid side by side');
}

function fewer({ widths, of }: Shapes, limit: number): Shapes {
  const people = new Float64Array(widths.length);
  for (const shape of of) if (shape !== NO_SHAPE) people[shape] = (people[shape] as number) + 1;
  const merged = mergeShapes(widths, people, limit);
  return {
    widths: merged.widths,
    of: of.map(shape => (shape === NO_SHAPE ? NO_SHAPE : (merged.into[shape] as number)))
  };
}

/** How many candidates a person has at most, and all have. */
function countColumns(
  columns: PersonColumns,
  people: Uint32Array | undefined,
  count: number
): { most: number; all: number } {
  let [most, all] = [0, 0];
  for (let at = 0; at < count; at += 1) {
    const own = columns.candidatesOf(people === undefined ? at : (people[at] as number));
    most = Math.max(most, own);
    all += own;
  }
  return { most, all };
}

function roundingsOf(most: number): Rounding[] {
  const by = (steps: readonly number[], base: number, isEven: boolean): Rounding => {
    const sizes = [0];
    for (let power = 1; (sizes.at(-1) as number) < most; power *= base) {
      for (const step of steps) if (Number.isInteger(step * power)) sizes.push(step * power);
    }
    return rounding(sizes, most, isEven);
  };
  const exact = rounding(
    Array.from({ length: Math.min(most, MOST_EXACT) + 1 }, (_, size) => size),
    most,
    false
  );
  const rounded = [by([1, 1.5], 2, false), by([1], 2, false), by([1], 4, false), by([1], 4, true)];
  return most <= MOST_EXACT ? [exact, ...rounded] : rounded;
}

function rounding(sizes: readonly number[], most: number, isEven: boolean): Rounding {
  const codes = new Uint8Array(most + 1);
  let code = 0;
  for (let size = 0; size <= most; size += 1) {
    if (size > (sizes[code] as number)) code += 1;
    codes[size] = code;
  }
  return { sizes, codes, isEven };
}

/** Everybody's shape; undefined where there are more than `limit`. A tree over the channels finds it, without a key for each person. */
function shapesBy(
  by: Rounding,
  columns: PersonColumns,
  people: Uint32Array | undefined,
  count: number,
  limit: number
): Shapes | undefined {
  const branches = by.sizes.length;
  const tree = new ShapeTree(branches);
  const of = new Uint16Array(count).fill(NO_SHAPE);
  const channels = columns.widths.length;
  for (let at = 0; at < count; at += 1) {
    if (columns.read(people === undefined ? at : (people[at] as number)) === 0) continue;
    const even = by.isEven ? (by.codes[columns.widths.reduce((a, b) => Math.max(a, b), 0)] as number) : -1;
    let node = 0;
    for (let channel = 0; channel < channels; channel += 1) {
      node = tree.child(node, even < 0 ? (by.codes[columns.widths[channel] as number] as number) : even);
    }
    of[at] = tree.shapeAt(node);
    if (tree.leaves.length > limit) return undefined;
  }
  const widths = tree.leaves.map(leaf => tree.path(leaf).map(code => by.sizes[code] as number));
  return { widths, of };
}

class ShapeTree {
  /** The nodes that are shapes, in the order in which they came up. */
  readonly leaves: number[] = [];
  private children = new Int32Array(1024);
  private readonly parents: number[] = [-1];
  private readonly shapes: number[] = [-1];

  constructor(private readonly branches: number) {}

  child(node: number, branch: number): number {
    const at = node * this.branches + branch;
    if (at >= this.children.length) this.grow(at);
    const known = this.children[at] as number;
    if (known !== 0) return known;
    const added = this.parents.length;
    this.parents.push(at);
    this.shapes.push(-1);
    this.children[at] = added;
    return added;
  }

  shapeAt(node: number): number {
    const known = this.shapes[node] as number;
    if (known >= 0) return known;
    this.shapes[node] = this.leaves.length;
    this.leaves.push(node);
    return this.leaves.length - 1;
  }

  /** The branches from the root to a node. */
  path(node: number): number[] {
    const path: number[] = [];
    for (let at = this.parents[node] as number; at >= 0; at = this.parents[Math.floor(at / this.branches)] as number) {
      path.push(at % this.branches);
    }
    return path.reverse();
  }

  private grow(at: number): void {
    const longer = new Int32Array(2 * Math.max(this.children.length, at + 1));
    longer.set(this.children);
    this.children = longer;
  }
}

/** People by shape, those of a shape in their order, cut into tiles of one size. */
function layPeople({ widths, of }: Shapes, people: Uint32Array | undefined): PlannedTile[] {
  const ends = new Float64Array(widths.length);
  for (const shape of of) if (shape !== NO_SHAPE) ends[shape] = (ends[shape] as number) + 1;
  for (let shape = 1; shape < ends.length; shape += 1)
    ends[shape] = (ends[shape] as number) + (ends[shape - 1] as number);
  const order = new Uint32Array(ends.at(-1) ?? 0);
  const next = Float64Array.from(ends, (_, shape) => (shape === 0 ? 0 : (ends[shape - 1] as number)));
  for (let at = 0; at < of.length; at += 1) {
    const shape = of[at] as number;
    if (shape === NO_SHAPE) continue;
    const place = next[shape] as number;
    order[place] = people === undefined ? at : (people[at] as number);
    next[shape] = place + 1;
  }
  return widths.flatMap((ofShape, shape) => {
    const from = shape === 0 ? 0 : (ends[shape - 1] as number);
    return cutTiles(ofShape, order.subarray(from, ends[shape]));
  });
}

function cutTiles(widths: readonly number[], people: Uint32Array): PlannedTile[] {
  const fitting = Math.max(1, Math.min(MOST_PEOPLE, Math.floor(MOST_CELLS / widthOf({ widths }))));
  const count = Math.ceil(people.length / fitting);
  return Array.from({ length: count }, (_, index) => ({
    widths,
    people: people.subarray(
      Math.floor((index * people.length) / count),
      Math.floor(((index + 1) * people.length) / count)
    )
  }));
}
