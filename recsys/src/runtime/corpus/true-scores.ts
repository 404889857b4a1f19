/** Scores of rows by the definition, for rows anywhere in the corpus. */
import {
  type Candidates,
  countRows,
  filledCount,
  MAX_CANDIDATES,
  mergeTopK,
  rescore,
  rowsOf
} from '../../kernels/index.js';
import type { Control } from '../control.js';
import { placesWithin } from './gather-vectors.js';
import type { Part } from './part.js';
import type { RankerOptions } from './ranker.js';
import type { Scope } from './scope.js';

/** Rows whose vectors are in memory at a time. */
const STEP_ROWS = 8192;
/** So many scores are kept at a time where all are sorted at once: 256 MiB. */
const MOST_SCORES = 2 ** 26;

/** Some rows of one query, in one part. */
interface Piece {
  readonly query: number;
  /** Where they are among the rows of the query. */
  readonly places: Int32Array;
  /** Counted in the part. */
  readonly rows: Int32Array;
}

export class TrueScores {
  constructor(private readonly options: RankerOptions) {}

  /** For each query the given rows of the corpus with their true scores, best first; equal scores: the smaller row first. */
  async of(
    queries: readonly Float32Array[],
    rows: readonly Int32Array[],
    scope: Scope,
    control: Control
  ): Promise<Candidates[]> {
    const scores = rows.map(each => new Float32Array(each.length));
    for (const part of this.options.parts) {
      for (const group of groups(pieces(rows, part))) {
        control.check();
        const wanted = concat(group.map(piece => piece.rows));
        const vectors = await part.vectors(wanted);
        let from = 0;
        for (const piece of group) {
          const some = vectors.subarray(
            from * this.options.dimensions,
            (from + piece.rows.length) * this.options.dimensions
          );
          from += piece.rows.length;
          const each = this.#score(some, queries[piece.query] as Float32Array, piece.rows, part, scope);
          piece.places.forEach(
            (place, index) => ((scores[piece.query] as Float32Array)[place] = each[index] as number)
          );
        }
      }
    }
    return rows.map((each, query) => inOrder(each, scores[query] as Float32Array));
  }

  /** The best rows of all that may be answers. */
  async bestOf(
    queries: readonly Float32Array[],
    scope: Scope,
    wanted: number,
    control: Control
  ): Promise<Candidates[]> {
    if (wanted < scope.eligible && wanted <= MAX_CANDIDATES) return this.#mergedBest(queries, scope, wanted, control);
    const most = Math.max(1, Math.floor(MOST_SCORES / Math.max(1, scope.eligible)));
    const best: Candidates[] = [];
    for (let start = 0; start < queries.length; start += most) {
      const some = await this.#sortedBest(queries.slice(start, start + most), scope, control);
      for (const { values, rows } of some) best.push({ values: values.slice(0, wanted), rows: rows.slice(0, wanted) });
    }
    return best;
  }

  /** Few are wanted: the best so far are merged with those of each step. */
  async #mergedBest(
    queries: readonly Float32Array[],
    scope: Scope,
    wanted: number,
    control: Control
  ): Promise<Candidates[]> {
    let best: Candidates[] = queries.map(() => ({ values: new Float32Array(0), rows: new Int32Array(0) }));
    for await (const { rows, scores } of this.#scored(queries, scope, control)) {
      best = scores.map((each, index) => {
        return bestOfLists([best[index] as Candidates, inOrder(rows, each)], wanted, scope.rows);
      });
    }
    return best;
  }

  /** Many are wanted: every row is scored, and all are sorted once. */
  async #sortedBest(queries: readonly Float32Array[], scope: Scope, control: Control): Promise<Candidates[]> {
    const rows = new Int32Array(scope.eligible);
    const scores = queries.map(() => new Float32Array(scope.eligible));
    let done = 0;
    for await (const some of this.#scored(queries, scope, control)) {
      rows.set(some.rows, done);
      some.scores.forEach((each, index) => scores[index]?.set(each, done));
      done += some.rows.length;
    }
    const best: Candidates[] = [];
    for (const each of scores) {
      await control.pause();
      best.push(ascendingInOrder(rows, each));
    }
    return best;
  }

  /** Every row that may be an answer, some at a time, with its true score for each query. */
  async *#scored(
    queries: readonly Float32Array[],
    scope: Scope,
    control: Control
  ): AsyncGenerator<{ rows: Int32Array; scores: Float32Array[] }> {
    for (const part of this.options.parts) {
      const chosen = scope.chosen(part).rows;
      for (let start = 0; start < chosen.length; start += STEP_ROWS) {
        await control.pause();
        const some = chosen.subarray(start, start + STEP_ROWS);
        const vectors = await part.vectors(some);
        yield {
          rows: some.map(row => row + part.firstRow),
          scores: queries.map(query => this.#score(vectors, query, some, part, scope))
        };
      }
    }
  }

  #score(
    vectors: Float32Array,
    query: Float32Array,
    rows: Int32Array,
    { firstRow }: Part,
    { boost }: Scope
  ): Float32Array {
    const added = boost === undefined ? undefined : Float32Array.from(rows, row => boost[firstRow + row] as number);
    return rescore(this.options.metric, vectors, Float64Array.from(query), added);
  }
}

function pieces(rows: readonly Int32Array[], part: Part): Piece[] {
  return rows.map((each, query) => {
    const places = placesWithin(each, part);
    return { query, places, rows: places.map(place => (each[place] as number) - part.firstRow) };
  });
}

/** Pieces whose vectors fit into memory together; none is cut, as none is longer than a scan's candidates. */
function groups(all: readonly Piece[]): Piece[][] {
  const made: Piece[][] = [];
  let room = 0;
  for (const piece of all) {
    if (piece.rows.length === 0) continue;
    if (piece.rows.length > room || made.length === 0) {
      made.push([]);
      room = STEP_ROWS;
    }
    made.at(-1)?.push(piece);
    room -= piece.rows.length;
  }
  return made;
}

function concat(rows: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(rows.reduce((sum, each) => sum + each.length, 0));
  let from = 0;
  for (const each of rows) {
    all.set(each, from);
    from += each.length;
  }
  return all;
}

function inOrder(rows: Int32Array, scores: Float32Array): Candidates {
  const order = Int32Array.from(rows.keys()).sort((a, b) => {
    return (scores[b] as number) - (scores[a] as number) || (rows[a] as number) - (rows[b] as number);
  });
  return {
    values: Float32Array.from(order, place => scores[place] as number),
    rows: order.map(place => rows[place] as number)
  };
}

/** The same as `inOrder` for rows that ascend: in native code, as there may be millions. */
function ascendingInOrder(rows: Int32Array, scores: Float32Array): Candidates {
  const keys = new BigUint64Array(rows.length);
  const words = new Uint32Array(keys.buffer); // low and high half: little-endian, as our machines are
  const bits = new Int32Array(Float32Array.from(scores, score => score + 0).buffer); // no -0: it equals 0
  for (let place = 0; place < rows.length; place += 1) {
    const each = bits[place] as number;
    words[2 * place] = place;
    words[2 * place + 1] = each < 0 ? each : ~(each | 0x8000_0000);
  }
  keys.sort();
  const order = Int32Array.from(rows.keys(), index => words[2 * index] as number);
  return {
    values: Float32Array.from(order, place => scores[place] as number),
    rows: order.map(place => rows[place] as number)
  };
}

/**
 * The best `wanted` rows of all lists, each row once with its greatest value; fewer where there are.
 *
 * @param rows  of the corpus
 */
export function bestOfLists(lists: readonly Candidates[], wanted: number, rows: number): Candidates {
  if (wanted > MAX_CANDIDATES) return bestByRow(lists, wanted, rows);
  const merged = mergeTopK(lists, wanted);
  const count = filledCount(merged.rows);
  return { values: merged.values.subarray(0, count), rows: merged.rows.subarray(0, count) };
}

/** For lists so long that merging them row by row takes longer than looking at all rows. */
function bestByRow(lists: readonly Candidates[], wanted: number, rows: number): Candidates {
  const isListed = new Uint8Array(rows);
  const best = new Float32Array(rows).fill(-Infinity);
  for (const list of lists) {
    for (let place = 0; place < list.rows.length; place += 1) {
      const [row, value] = [list.rows[place] as number, list.values[place] as number];
      isListed[row] = 1;
      if (value > (best[row] as number)) best[row] = value;
    }
  }
  const listed = rowsOf(isListed, countRows(isListed));
  const sorted = ascendingInOrder(
    listed,
    Float32Array.from(listed, row => best[row] as number)
  );
  return { values: sorted.values.slice(0, wanted), rows: sorted.rows.slice(0, wanted) };
}
