/** Scores of rows by the definition, for rows anywhere in the corpus. */
import { type Candidates, mergeTopK, rescore } from '../../kernels/index.js';
import type { Control } from '../control.js';
import type { Part } from './part.js';
import type { RankerOptions } from './ranker.js';
import type { Scope } from './scope.js';

/** Rows whose vectors are in memory at a time. */
const STEP_ROWS = 8192;

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
    let best: Candidates[] = queries.map(() => ({ values: new Float32Array(0), rows: new Int32Array(0) }));
    for (const part of this.options.parts) {
      const { rows } = scope.chosen(part);
      for (let start = 0; start < rows.length; start += STEP_ROWS) {
        await control.pause();
        const some = rows.subarray(start, start + STEP_ROWS);
        const vectors = await part.vectors(some);
        best = queries.map((query, index) => {
          const found = inOrder(
            some.map(row => row + part.firstRow),
            this.#score(vectors, query, some, part, scope)
          );
          const merged = mergeTopK([best[index] as Candidates, found], wanted);
          const count = merged.rows.indexOf(-1);
          const end = count < 0 ? wanted : count;
          return { values: merged.values.subarray(0, end), rows: merged.rows.subarray(0, end) };
        });
      }
    }
    return best;
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
  const { firstRow, rows: count } = part;
  return rows.map((each, query) => {
    const places = Int32Array.from(each.keys()).filter(place => {
      const row = (each[place] as number) - firstRow;
      return row >= 0 && row < count;
    });
    return { query, places, rows: places.map(place => (each[place] as number) - firstRow) };
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
