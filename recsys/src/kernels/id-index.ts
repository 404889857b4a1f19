/** Finds the row of an id among millions without an object for each: a hash table of rows over the ids themselves. */

export type Ids = BigInt64Array | Float64Array;

/** An id that two rows have. */
export interface DuplicateId {
  readonly id: bigint;
  readonly first: number;
  /** The smallest row whose id an earlier row has. */
  readonly second: number;
}

const TWO_32 = 2 ** 32;
/** Three of five slots are taken: 6.7 bytes an id, and 1.75 slots to look at on average for an id that is there. */
const SLOTS_PER_ID = 5 / 3;

/**
 * The first row whose id is no id, or -1: ids are integers from 0 to 2⁶³ − 1, and as float64 to 2⁵³ − 1.
 *
 * Cost     O(rows) time.
 */
export function firstBadId(ids: Ids): number {
  if (isFloat64(ids)) return ids.findIndex(id => !Number.isSafeInteger(id) || id < 0);
  const words = wordsOf(ids);
  for (let row = 0; row < ids.length; row += 1) if ((words[2 * row + 1] as number) < 0) return row;
  return -1;
}

/**
 * Which row has an id.
 *
 * Shapes   ids i64[rows] or f64[rows] → `rowOf(id)`, `rowsOf(ids)`. i64 ids are kept, not copied: leave them as they are.
 * Throws   RangeError if an id is none (see `firstBadId`). Ids that occur twice are found by `duplicate`.
 * Edges    an id that occurs twice has its first row; what is no id at all is unknown. Ids that go up by one from row to
 *          row, as 0 … rows − 1 do, need no memory.
 * Cost     expected O(rows) time to make and O(1) to ask. Beside the ids 6.7 bytes a row, and 8 more for f64 ids.
 */
export class IdIndex {
  readonly rows: number;
  readonly #firstId: number;
  readonly #table: RowTable | undefined;

  constructor(ids: Ids) {
    const bad = firstBadId(ids);
    if (bad >= 0)
      throw new RangeError(`ids[${bad}] is ${ids[bad]}: want an integer from 0 on that its type holds exactly`);
    const words = wordsOf(ids);
    this.rows = ids.length;
    this.#firstId = ids.length === 0 ? 0 : numberOf(words[0] as number, words[1] as number);
    this.#table = areConsecutive(words, this.#firstId) ? undefined : new RowTable(words);
  }

  /** How many bytes the index takes beside the ids it was given. */
  get bytes(): number {
    return this.#table?.bytes ?? 0;
  }

  /** The row of an id, -1 if there is none. */
  rowOf(id: bigint | number): number {
    if (typeof id === 'number')
      return Number.isSafeInteger(id) && id >= 0 ? this.#rowOf(id | 0, (id / TWO_32) | 0) : -1;
    const ids = BigInt64Array.of(id);
    const words = wordsOf(ids);
    return ids[0] === id ? this.#rowOf(words[0] as number, words[1] as number) : -1;
  }

  /** The row of each id, -1 where there is none; ids of any kind, and of either type whatever the index was made from. */
  rowsOf(ids: Ids): Int32Array {
    const rows = new Int32Array(ids.length);
    if (isFloat64(ids)) {
      for (let index = 0; index < rows.length; index += 1) rows[index] = this.rowOf(ids[index] as number);
      return rows;
    }
    const words = wordsOf(ids);
    for (let index = 0; index < rows.length; index += 1) {
      rows[index] = this.#rowOf(words[2 * index] as number, words[2 * index + 1] as number);
    }
    return rows;
  }

  /** The first id that an earlier row has already; undefined if all are different. */
  duplicate(): DuplicateId | undefined {
    return this.#table?.duplicate;
  }

  #rowOf(low: number, high: number): number {
    if (this.#table !== undefined) return this.#table.rowOf(low, high);
    const row = numberOf(low, high) - this.#firstId;
    return row >= 0 && row < this.rows ? row : -1;
  }
}

/** Open addressing with linear probing; slots hold row + 1, so that a new table is an empty one. */
class RowTable {
  readonly bytes: number;
  readonly duplicate: DuplicateId | undefined;
  readonly #slots: Int32Array;

  constructor(private readonly words: Int32Array) {
    const rows = words.length / 2;
    this.#slots = new Int32Array(Math.ceil(rows * SLOTS_PER_ID) + 1);
    this.bytes = this.#slots.byteLength;
    for (let row = 0; row < rows; row += 1) {
      const first = this.#add(row, words[2 * row] as number, words[2 * row + 1] as number);
      if (first === row || this.duplicate !== undefined) continue;
      this.duplicate = { id: idAt(words, row), first, second: row };
    }
  }

  /** The row that has the id from now on: this one, or an earlier one. */
  #add(row: number, low: number, high: number): number {
    const slot = this.#slotOf(low, high);
    const held = this.#slots[slot] as number;
    if (held > 0) return held - 1;
    this.#slots[slot] = row + 1;
    return row;
  }

  rowOf(low: number, high: number): number {
    return (this.#slots[this.#slotOf(low, high)] as number) - 1;
  }

  /** Where the id is, or the free slot where it would go. */
  #slotOf(low: number, high: number): number {
    const slots = this.#slots;
    const words = this.words;
    let slot = Math.floor((hashOf(low, high) / TWO_32) * slots.length);
    for (;;) {
      const at = 2 * (slots[slot] as number) - 2;
      if (at < 0 || (words[at] === low && words[at + 1] === high)) return slot;
      slot = slot + 1 === slots.length ? 0 : slot + 1;
    }
  }
}

/** By name: an array that another thread sent may be of another realm, where `instanceof` lies. */
function isFloat64(ids: Ids): ids is Float64Array {
  return ids[Symbol.toStringTag] === 'Float64Array';
}

/** 32 bits that ids from counters, clocks and shards spread evenly over; as an unsigned number. */
function hashOf(low: number, high: number): number {
  return mix(low ^ mix(high ^ 0x2545f491)) >>> 0;
}

function mix(bits: number): number {
  let hash = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
  hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
  return hash ^ (hash >>> 15);
}

/** Low and high half of each id, as our machines order them in memory (little-endian). */
function wordsOf(ids: Ids): Int32Array {
  if (!isFloat64(ids)) return new Int32Array(ids.buffer, ids.byteOffset, 2 * ids.length);
  const words = new Int32Array(2 * ids.length);
  for (let row = 0; row < ids.length; row += 1) {
    const id = ids[row] as number;
    words[2 * row] = id | 0;
    words[2 * row + 1] = (id / TWO_32) | 0;
  }
  return words;
}

/** Exact below 2⁵³, and above it no less than 2⁵³. */
function numberOf(low: number, high: number): number {
  return high * TWO_32 + (low >>> 0);
}

function idAt(words: Int32Array, row: number): bigint {
  return (BigInt(words[2 * row + 1] as number) << 32n) | BigInt((words[2 * row] as number) >>> 0);
}

function areConsecutive(words: Int32Array, first: number): boolean {
  const rows = words.length / 2;
  if (first + rows > Number.MAX_SAFE_INTEGER) return false;
  for (let row = 0; row < rows; row += 1) {
    if (numberOf(words[2 * row] as number, words[2 * row + 1] as number) !== first + row) return false;
  }
  return true;
}
