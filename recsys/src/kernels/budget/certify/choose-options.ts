/**
 * The best choice of every person of a tile at given prices. Caps within a person are nested, so that greedy is best: of each channel the
 * greatest margins (value − price), of those of all counted channels the greatest again.
 *
 * A margin is of a value raised by up to 2⁻²⁴ of itself, differently for each cell: so equal options are chosen evenly, and what the
 * choice is worth stays a bound from above.
 */
import { keepLargest } from './keep-largest.js';
import { mixHash } from '../tiles/mix-hash.js';
import { NOTHING } from '../problem.js';
import type { Problem, Tile } from '../problem.js';
import type { Selection } from './selection.js';
import { candidateAt, columnsOf, optionAt, ownOf } from '../tiles/tile-columns.js';
import type { ColumnBlock, TileColumns } from '../tiles/tile-columns.js';

const RAISE = 2 ** -24;
const RAISES = 4096;

export interface ChosenSums {
  /** Σ margins of what was chosen. */
  readonly surplus: number;
  /** How many were chosen. */
  readonly sends: number;
}

/** Keeps the memory that a choice works in from tile to tile. */
export class OptionChooser {
  private readonly raises: Float64Array;
  private best = new Float64Array(0);
  private picked = new Int32Array(0);
  private keys = new Float64Array(0);
  private columns = new Int32Array(0);
  /** Of the tile: surplus, sends, value and what its rounding took away; an object's numbers would be made anew with each addition. */
  private readonly sums = new Float64Array(4);

  constructor(
    private readonly problem: Problem,
    private readonly price: Float64Array,
    private readonly seed: number
  ) {
    this.raises = Float64Array.from({ length: RAISES }, (_, at) => (RAISE * mixHash(at, seed)) / 2 ** 32);
  }

  /** Sends what is chosen, but for `recount`, and tells what it is worth. */
  chooseTile(tile: Tile, index: number, selection: Selection): ChosenSums {
    const columns = columnsOf(tile, this.problem);
    this.sums.fill(0);
    const shifts = Int32Array.from({ length: columns.width }, (_, at) => mixHash(at + 65_537 * index, this.seed));
    if (isOneChoice(columns)) this.chooseOne(columns, shifts, selection);
    else this.chooseSome(columns, shifts, selection);
    const [surplus = 0, sends = 0, value = 0, lost = 0] = this.sums;
    selection.addValue(value);
    selection.addValue(lost);
    return { surplus, sends };
  }

  /** Column after column, where everybody gets one at most. */
  private chooseOne(columns: TileColumns, shifts: Int32Array, selection: Selection): void {
    const { people } = columns.tile;
    if (people > this.best.length) {
      this.best = new Float64Array(people);
      this.picked = new Int32Array(people);
    }
    this.best.fill(0, 0, people);
    this.picked.fill(-1, 0, people);
    for (let column = 0; column < columns.width; column += 1) {
      if (columns.isShared) this.meetShared(columns, column, shifts[column] as number);
      else this.meetRagged(columns, column, shifts[column] as number);
    }
    for (let person = 0; person < people; person += 1) {
      const column = this.picked[person] as number;
      if (column >= 0) this.send(columns, column, person, this.best[person] as number, selection);
    }
  }

  private meetShared({ tile }: TileColumns, column: number, shift: number): void {
    const { raises, best, picked } = this;
    const { people, value } = tile;
    const price = this.price[tile.option[column] as number] as number;
    const from = column * people;
    for (let person = 0; person < people; person += 1) {
      const own = value[from + person] as number;
      const margin = own + Math.abs(own) * (raises[(person + shift) & (RAISES - 1)] as number) - price;
      if (margin <= (best[person] as number) || own <= NOTHING) continue;
      best[person] = margin;
      picked[person] = column;
    }
  }

  private meetRagged({ tile }: TileColumns, column: number, shift: number): void {
    const { raises, best, picked, price } = this;
    const { people, value, option } = tile;
    const from = column * people;
    for (let person = 0; person < people; person += 1) {
      const own = value[from + person] as number;
      const raised = own + Math.abs(own) * (raises[(person + shift) & (RAISES - 1)] as number);
      const margin = raised - (price[option[from + person] as number] as number);
      if (margin <= (best[person] as number) || own <= NOTHING) continue;
      best[person] = margin;
      picked[person] = column;
    }
  }

  /** Person after person: the greatest margins of each channel, then of all counted ones. */
  private chooseSome(columns: TileColumns, shifts: Int32Array, selection: Selection): void {
    const { tile, width, blocks, countedBlocks } = columns;
    if (this.keys.length <= width) {
      this.keys = new Float64Array(width + 1);
      this.columns = new Int32Array(width + 1);
    }
    const shared = columns.isShared
      ? Float64Array.from(tile.option, option => this.price[option] as number)
      : undefined;
    const margins = { tile, shifts, price: this.price, raises: this.raises, shared };
    for (let person = 0; person < tile.people; person += 1) {
      let count = 0;
      for (let index = 0; index < blocks.length; index += 1) {
        const block = blocks[index] as ColumnBlock;
        const cap = ownOf(block.caps, person);
        if (index === countedBlocks) count = this.keep(0, count, ownOf(tile.personCap, person));
        if (cap === 1) count = this.gatherBest(margins, block, person, count);
        else count = this.keep(count, this.gather(margins, block, person, count), cap);
      }
      if (countedBlocks === blocks.length) count = this.keep(0, count, ownOf(tile.personCap, person));
      for (let at = 0; at < count; at += 1) {
        this.send(columns, this.columns[at] as number, person, this.keys[at] as number, selection);
      }
    }
  }

  /** Puts the positive margins of a block behind those that are there. */
  private gather(margins: Margins, { from, to }: ColumnBlock, person: number, count: number): number {
    const { keys, columns } = this;
    let next = count;
    for (let column = from; column < to; column += 1) {
      const margin = marginAt(margins, column, person);
      // Written in any case, since the processor guesses wrong about every other jump.
      keys[next] = margin;
      columns[next] = column;
      next += Number(margin > 0);
    }
    return next;
  }

  /** Puts the greatest margin of a block, if it is positive, behind those that are there. */
  private gatherBest(margins: Margins, { from, to }: ColumnBlock, person: number, count: number): number {
    let best = 0;
    let picked = 0;
    for (let column = from; column < to; column += 1) {
      const margin = marginAt(margins, column, person);
      if (margin <= best) continue;
      best = margin;
      picked = column;
    }
    this.keys[count] = best;
    this.columns[count] = picked;
    return count + Number(best > 0);
  }

  private keep(from: number, to: number, cap: number): number {
    if (to - from <= cap) return to;
    keepLargest(this.keys, this.columns, from, to, cap);
    return from + cap;
  }

  private send(columns: TileColumns, column: number, person: number, margin: number, selection: Selection): void {
    const option = optionAt(columns, column, person);
    const { sums } = this;
    selection.mark(candidateAt(columns, column, person));
    selection.sent[option] = (selection.sent[option] as number) + 1;
    sums[0] = (sums[0] as number) + margin;
    sums[1] = (sums[1] as number) + 1;
    const own = columns.tile.value[column * columns.tile.people + person] as number;
    const value = sums[2] as number;
    const next = value + own;
    sums[2] = next;
    // A plan may be worth little in the end, after much of it has gone (Knuth's sum of two).
    const added = next - value;
    sums[3] = (sums[3] as number) + (value - (next - added) + (own - added));
  }
}

/** What margins of a tile come from. */
interface Margins {
  readonly tile: Tile;
  readonly shifts: Int32Array;
  readonly raises: Float64Array;
  /** By option. */
  readonly price: Float64Array;
  /** By column, where options are shared. */
  readonly shared: Float64Array | undefined;
}

function marginAt({ tile, shifts, raises, price, shared }: Margins, column: number, person: number): number {
  const cell = column * tile.people + person;
  const own = tile.value[cell] as number;
  // A floor's price may be lower still.
  if (own <= NOTHING) return -Infinity;
  const raised = own + Math.abs(own) * (raises[(person + (shifts[column] as number)) & (RAISES - 1)] as number);
  return raised - ((shared === undefined ? price[tile.option[cell] as number] : shared[column]) as number);
}

/** Whether everybody gets one at most, whatever the channel, and nobody's cap is 0. */
function isOneChoice({ tile, blocks }: TileColumns): boolean {
  const [block] = blocks;
  if (blocks.length !== 1 || block === undefined) return false;
  const caps = block.isCounted ? [block.caps, tile.personCap] : [block.caps];
  return caps.some(isOne) && caps.every(list => list.every(cap => cap >= 1));
}

function isOne(caps: Float32Array): boolean {
  return caps.length === 1 && caps[0] === 1;
}
