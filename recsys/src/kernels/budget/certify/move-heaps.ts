/**
 * Keeps, for each of some groups, the moves that lose least: as many as the group has room for. A move takes something from a person,
 * gives something, or both. Equal losses are ordered by a hash, so that those kept are an even sample of them.
 */
import { mixHash } from '../tiles/mix-hash.js';

/** In place of a candidate or option: nothing is taken, or nothing is given. */
export const NONE = -1;

/** Of the order of the moves, so many bits are the loss, and so many tell which move it is: 53 in all. */
const MOVE_BITS = 20;
export const MOST_MOVES = 2 ** MOVE_BITS;
/** Odd, so that multiplying by it reorders moves among equals. */
const SCATTER = 0x9e377;

/** Rows of one table. Candidates are doubles, since -1 and 2³² − 1 must both fit. */
export class MoveHeaps {
  /** From this loss on, a group takes no more: Infinity while it has room. */
  readonly threshold: Float64Array;
  readonly loss: Float64Array;
  readonly person: Uint32Array;
  readonly give: Float64Array;
  readonly giveOption: Int32Array;
  readonly giveValue: Float32Array;
  readonly take: Float64Array;
  readonly takeOption: Int32Array;
  readonly takeValue: Float32Array;

  private readonly starts: Uint32Array;
  private readonly sizes: Uint32Array;
  /** The rows of each group, the one that loses most first. */
  private readonly rows: Uint32Array;
  private readonly hash: Uint32Array;
  private count = 0;

  /** `room`: how many moves each group is to keep, together at most `MOST_MOVES`. */
  constructor(
    room: Uint32Array,
    private readonly seed: number
  ) {
    this.starts = new Uint32Array(room.length + 1);
    for (const [group, own] of room.entries()) this.starts[group + 1] = (this.starts[group] as number) + own;
    const total = this.starts[room.length] as number;
    if (total > MOST_MOVES) throw new RangeError(`room for ${total} moves: want at most ${MOST_MOVES}`);
    this.sizes = new Uint32Array(room.length);
    this.threshold = Float64Array.from(room, own => (own > 0 ? Infinity : -Infinity));
    this.rows = new Uint32Array(total);
    this.hash = new Uint32Array(total);
    this.loss = new Float64Array(total);
    this.person = new Uint32Array(total);
    this.give = new Float64Array(total);
    this.giveOption = new Int32Array(total);
    this.giveValue = new Float32Array(total);
    this.take = new Float64Array(total);
    this.takeOption = new Int32Array(total);
    this.takeValue = new Float32Array(total);
  }

  /** The row to write a move into; NONE where the group keeps better ones. */
  offer(group: number, loss: number, candidate: number): number {
    if (loss > (this.threshold[group] as number)) return NONE;
    const hash = mixHash(candidate, this.seed);
    const from = this.starts[group] as number;
    const size = this.sizes[group] as number;
    if (from + size < (this.starts[group + 1] as number)) return this.push(group, from, size, loss, hash);
    const top = this.rows[from] as number;
    if (!this.isWorse(top, loss, hash)) return NONE;
    this.loss[top] = loss;
    this.hash[top] = hash;
    this.sink(from, size);
    this.threshold[group] = this.loss[this.rows[from] as number] as number;
    return top;
  }

  /** Whether a group keeps such a move, or would: it has room, or loses more with one it keeps. */
  isWithin(group: number, loss: number, candidate: number): boolean {
    const threshold = this.threshold[group] as number;
    if (loss !== threshold) return loss < threshold;
    const top = this.rows[this.starts[group] as number] as number;
    return mixHash(candidate, this.seed) <= (this.hash[top] as number);
  }

  /** All rows, those that lose least first, as far as float32 tells them apart. */
  sorted(): Uint32Array {
    const single = new Float32Array(1);
    const bits = new Uint32Array(single.buffer);
    const keys = new Float64Array(this.count);
    for (let row = 0; row < this.count; row += 1) {
      single[0] = this.loss[row] as number;
      const own = bits[0] as number;
      // Floats in the order of whole numbers: negative ones the other way round.
      const ordered = (own & 0x80000000) === 0 ? (own | 0x80000000) >>> 0 : ~own >>> 0;
      keys[row] = ordered * MOST_MOVES + (Math.imul(row, SCATTER) & (MOST_MOVES - 1));
    }
    keys.sort();
    const back = inverse(SCATTER);
    return Uint32Array.from(keys, key => Math.imul(key % MOST_MOVES, back) & (MOST_MOVES - 1));
  }

  private push(group: number, from: number, size: number, loss: number, hash: number): number {
    const row = this.count;
    this.count += 1;
    this.loss[row] = loss;
    this.hash[row] = hash;
    let at = size;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      const above = this.rows[from + parent] as number;
      if (this.isWorse(above, loss, hash)) break;
      this.rows[from + at] = above;
      at = parent;
    }
    this.rows[from + at] = row;
    this.sizes[group] = size + 1;
    if (from + size + 1 === this.starts[group + 1]) {
      this.threshold[group] = this.loss[this.rows[from] as number] as number;
    }
    return row;
  }

  /** Brings the first row of a heap to its place. */
  private sink(from: number, size: number): void {
    const row = this.rows[from] as number;
    const loss = this.loss[row] as number;
    const hash = this.hash[row] as number;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && this.isWorseRow(from + child + 1, from + child)) child += 1;
      const below = this.rows[from + child] as number;
      if (!this.isWorse(below, loss, hash)) break;
      this.rows[from + at] = below;
      at = child;
    }
    this.rows[from + at] = row;
  }

  private isWorseRow(one: number, other: number): boolean {
    const row = this.rows[other] as number;
    return this.isWorse(this.rows[one] as number, this.loss[row] as number, this.hash[row] as number);
  }

  /** Whether a row loses more than a move, or as much and comes later. */
  private isWorse(row: number, loss: number, hash: number): boolean {
    const own = this.loss[row] as number;
    return own > loss || (own === loss && (this.hash[row] as number) > hash);
  }
}

/** What a multiplication by an odd number is undone by, modulo 2³² (Newton's iteration doubles the bits that are right). */
function inverse(odd: number): number {
  let x = odd;
  for (let step = 0; step < 5; step += 1) x = Math.imul(x, 2 - Math.imul(odd, x));
  return x;
}
