/** What it costs to make room for one more option of a tile's people, and what would have to go for it. */
import { NONE } from './move-heaps.js';
import { NOTHING } from '../problem.js';
import type { PersonRange } from './scan-part.js';
import type { Selection } from './selection.js';
import { candidateAt, optionAt, ownOf } from '../tiles/tile-columns.js';
import type { ColumnBlock, TileColumns } from '../tiles/tile-columns.js';

/** Keeps its memory from tile to tile. Block b of person p is at `b * people + p`. */
export class RoomMakers {
  /** The margin that is lost; 0 where there is room, Infinity where none can be made. */
  cost = new Float64Array(0);
  /** The column that goes; NONE where there is room. */
  column = new Int32Array(0);

  private counts = new Int32Array(0);
  private lows = new Float64Array(0);
  private lowColumns = new Int32Array(0);

  constructor(
    private readonly selection: Selection,
    private readonly price: Float64Array,
    /** By option: whether it may go. */
    private readonly isFree: Uint8Array
  ) {}

  /** Of the people in a range; what is kept of others means nothing. */
  read(columns: TileColumns, range: PersonRange): void {
    const { people } = columns.tile;
    const cells = (columns.blocks.length + 1) * people;
    if (this.cost.length < cells) this.grow(cells);
    for (let from = 0; from < cells; from += people) {
      this.counts.fill(0, from + range.from, from + range.to);
      this.lows.fill(Infinity, from + range.from, from + range.to);
      this.lowColumns.fill(NONE, from + range.from, from + range.to);
    }
    for (const [block, own] of columns.blocks.entries()) this.readBlock(columns, own, block * people, range);
    for (let block = 0; block < columns.countedBlocks; block += 1) this.addToAll(columns, block * people, range);
    for (const [block, own] of columns.blocks.entries()) this.makeRoom(columns, own, block * people, range);
  }

  /** How many of each block a person has, and which of them has the least margin. */
  private readBlock(columns: TileColumns, { from, to }: ColumnBlock, offset: number, range: PersonRange): void {
    const { people, value } = columns.tile;
    const { counts, lows, lowColumns, selection, price, isFree } = this;
    for (let column = from; column < to; column += 1) {
      for (let person = range.from; person < range.to; person += 1) {
        if (!selection.has(candidateAt(columns, column, person))) continue;
        const own = value[column * people + person] as number;
        if (own <= NOTHING) continue;
        const at = offset + person;
        counts[at] = (counts[at] as number) + 1;
        const option = optionAt(columns, column, person);
        const margin = own - (price[option] as number);
        if (isFree[option] === 0 || margin >= (lows[at] as number)) continue;
        lows[at] = margin;
        lowColumns[at] = column;
      }
    }
  }

  /** The same over all counted blocks, behind the last block. */
  private addToAll(columns: TileColumns, offset: number, { from, to }: PersonRange): void {
    const { counts, lows, lowColumns } = this;
    const all = columns.blocks.length * columns.tile.people;
    for (let person = from; person < to; person += 1) {
      const own = all + person;
      const at = offset + person;
      counts[own] = (counts[own] as number) + (counts[at] as number);
      if ((lows[at] as number) >= (lows[own] as number)) continue;
      lows[own] = lows[at] as number;
      lowColumns[own] = lowColumns[at] as number;
    }
  }

  private makeRoom(
    columns: TileColumns,
    { isCounted, caps }: ColumnBlock,
    offset: number,
    { from, to }: PersonRange
  ): void {
    const { counts, lows, lowColumns, cost, column } = this;
    const { people, personCap } = columns.tile;
    const all = columns.blocks.length * people;
    for (let person = from; person < to; person += 1) {
      const at = offset + person;
      const isFull = (counts[at] as number) >= ownOf(caps, person);
      const isWhollyFull = isCounted && (counts[all + person] as number) >= ownOf(personCap, person);
      const goes = isFull ? at : all + person;
      cost[at] = isFull || isWhollyFull ? (lows[goes] as number) : 0;
      column[at] = isFull || isWhollyFull ? (lowColumns[goes] as number) : NONE;
    }
  }

  private grow(cells: number): void {
    this.cost = new Float64Array(cells);
    this.column = new Int32Array(cells);
    this.counts = new Int32Array(cells);
    this.lows = new Float64Array(cells);
    this.lowColumns = new Int32Array(cells);
  }
}
