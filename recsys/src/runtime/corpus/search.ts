/** Answers a search: groups queries that share a scope, ranks them, and turns rankings into the answer that was asked for. */
import {
  atMostPerCategory,
  type Candidates,
  dropExcluded,
  filledCount,
  mmr,
  recencyBoost,
  selectRows
} from '../../kernels/index.js';
import type { Control } from '../control.js';
import type { Corpus } from './corpus.js';
import { gatherVectors } from './gather-vectors.js';
import type { Ranking } from './ranker.js';
import { type AtMost, Room } from './room.js';
import { Scope } from './scope.js';
import type { Diversity, SearchRequest } from './search-request.js';
import { bestOfLists } from './true-scores.js';

export interface SearchAnswer {
  /** i64[queries · k], -1 where there are fewer. */
  readonly ids: BigInt64Array;
  /** f32[queries · k], -Infinity there. */
  readonly scores: Float32Array;
  /** u8[queries]: see CERTIFICATES. */
  readonly certificate: Uint8Array;
}

/** So many vectors are scanned together: a tile of a million rows of 128 numbers takes some 45 ms on two cores. */
const VECTORS_AT_ONCE = 32;
/** Where very many rows of each vector are wanted, fewer vectors are scanned together. */
const ROWS_AT_ONCE = 2 ** 24;
/** Whoever excludes more gets a scope of their own; otherwise as many more candidates as are excluded. */
const MAX_SPARE = 2048;

type Mmr = Extract<Diversity, { kind: 'mmr' }>;

interface Group {
  readonly queries: readonly number[];
  readonly scope: Scope;
}

export async function search(corpus: Corpus, request: SearchRequest, control: Control): Promise<SearchAnswer> {
  const { queries, k } = request;
  const answer = {
    ids: new BigInt64Array(queries * k).fill(-1n),
    scores: new Float32Array(queries * k).fill(-Infinity),
    certificate: new Uint8Array(queries)
  };
  for (const group of groups(corpus, request)) {
    const most = Math.max(1, Math.floor(VECTORS_AT_ONCE / request.vectorsPerQuery));
    for (let start = 0; start < group.queries.length; start += most) {
      const some = group.queries.slice(start, start + most);
      const best = await answerSome(corpus, request, { ...group, queries: some }, control);
      some.forEach((query, index) => write(answer, corpus, query, k, best[index] as Ranking));
    }
  }
  return answer;
}

/** Queries of one scope: all, unless each has a mask of its own or excludes very much. */
function* groups(corpus: Corpus, request: SearchRequest): Generator<Group> {
  const { rows, removed, squares: scanOnly } = corpus.data;
  const { masks, excluded } = request;
  const all = [...Array(request.queries).keys()];
  const isOwn = (query: number): boolean => masks.length > 1 || wide(excluded, query).length > 0;
  const shared = all.filter(query => !isOwn(query));
  if (shared.length > 0) yield { queries: shared, scope: sharedScope(corpus, request) };
  const own = all.filter(isOwn);
  if (own.length === 0) return;
  const selected = selectedRows(corpus, request);
  const boost = boostOf(corpus, request);
  for (const queries of masks.length > 1 ? own.map(query => [query]) : byList(own, excluded)) {
    const [query = 0] = queries;
    const keep = both(selected, masks[masks.length > 1 ? query : 0], removed) ?? new Uint8Array(rows).fill(1);
    for (const row of wide(excluded, query)) keep[row] = 0;
    yield { queries, scope: new Scope({ rows, keep, boost, scanOnly }) };
  }
}

/** What a query excludes, where that is very much. */
function wide(excluded: SearchRequest['excluded'], query: number): Int32Array {
  const list = excluded?.[query];
  return list !== undefined && list.length > MAX_SPARE ? list : new Int32Array(0);
}

/** Queries that exclude one and the same list are scanned together. */
function byList(queries: readonly number[], excluded: SearchRequest['excluded']): number[][] {
  const lists = new Map<Int32Array | undefined, number[]>();
  for (const query of queries) {
    const same = lists.get(excluded?.[query]);
    if (same === undefined) lists.set(excluded?.[query], [query]);
    else same.push(query);
  }
  return [...lists.values()];
}

function sharedScope(corpus: Corpus, request: SearchRequest): Scope {
  const { rows, removed, squares: scanOnly } = corpus.data;
  const { filter, masks, boost, recency } = request;
  const make = (): Scope => {
    const keep = both(selectedRows(corpus, request), masks[0], removed);
    return new Scope({ rows, keep, boost: boostOf(corpus, request), scanOnly });
  };
  const isPlain = masks.length === 0 && boost === undefined && recency === undefined;
  return isPlain ? corpus.scopes.get(JSON.stringify(filter ?? null), make) : make();
}

function selectedRows({ data }: Corpus, { filter }: SearchRequest): Uint8Array | undefined {
  return filter === undefined ? undefined : selectRows(filter, data.columns, data.rows);
}

function boostOf({ data }: Corpus, { boost, recency }: SearchRequest): Float32Array | undefined {
  if (recency === undefined) return boost;
  const column = data.columns[recency.column];
  if (column?.kind !== 'number') return boost;
  const fresh = recencyBoost(column.values, recency);
  return boost === undefined ? fresh : fresh.map((value, row) => value + (boost[row] as number));
}

/** A new mask of what all allow; undefined: everything. */
function both(selected?: Uint8Array, mask?: Uint8Array, removed?: Uint8Array): Uint8Array | undefined {
  const first = selected ?? mask ?? removed?.map(each => 1 - each);
  if (first === undefined) return undefined;
  const keep = first.slice();
  if (mask !== undefined) dropWhere(keep, mask, 0);
  if (removed !== undefined) dropWhere(keep, removed, 1);
  return keep;
}

function dropWhere(keep: Uint8Array, mask: Uint8Array, value: 0 | 1): void {
  for (let row = 0; row < keep.length; row += 1) if (mask[row] === value) keep[row] = 0;
}

async function answerSome(corpus: Corpus, request: SearchRequest, group: Group, control: Control): Promise<Ranking[]> {
  const { k, diversity } = request;
  if (diversity === undefined) return rankLeft(corpus, request, group, k, control);
  if (diversity.kind === 'at-most') return answerAtMost(corpus, request, { ...group, diversity }, control);
  const left = await rankLeft(corpus, request, group, diversity.pool, control);
  const chosen: Ranking[] = [];
  for (const best of left) {
    await control.pause();
    chosen.push(await byMmr(corpus, best, diversity, k));
  }
  return chosen;
}

/** Where too many of one category are among the best it looks further down, until there are k or as many as there can be. */
async function answerAtMost(
  corpus: Corpus,
  request: SearchRequest,
  { queries, scope, diversity }: Group & { readonly diversity: AtMost },
  control: Control
): Promise<Ranking[]> {
  const { k, excluded } = request;
  const answers = new Map<number, Ranking>();
  const count = (query: number): number => answers.get(query)?.rows.length ?? 0;
  let open = queries;
  let room: Room | undefined;
  for (let wanted = k; open.length > 0; wanted *= 4) {
    const most = Math.max(1, Math.floor(ROWS_AT_ONCE / wanted));
    for (let start = 0; start < open.length; start += most) {
      const some = open.slice(start, start + most);
      const left = await rankLeft(corpus, request, { queries: some, scope }, wanted, control);
      some.forEach((query, index) => answers.set(query, byCategory(left[index] as Ranking, diversity, k)));
    }
    open = wanted < scope.eligible ? open.filter(query => count(query) < k) : [];
    if (open.length === 0) break;
    const { mostFor } = (room ??= new Room(scope, diversity));
    open = open.filter(query => count(query) < mostFor(excluded?.[query]));
  }
  return queries.map(query => answers.get(query) as Ranking);
}

/** The best `wanted` rows of each query that it does not exclude. */
async function rankLeft(
  corpus: Corpus,
  request: SearchRequest,
  group: Group,
  wanted: number,
  control: Control
): Promise<Ranking[]> {
  const { excluded } = request;
  const spare = Math.max(0, ...group.queries.map(query => spareOf(excluded, query)));
  const ranked = await rankSome(corpus, request, group, wanted + spare, control);
  return ranked.map((best, index) => withoutExcluded(best, excluded?.[group.queries[index] as number], wanted));
}

function spareOf(excluded: SearchRequest['excluded'], query: number): number {
  const count = excluded?.[query]?.length ?? 0;
  return count > MAX_SPARE ? 0 : count;
}

/** The best rows of each query: where it has several vectors, a row counts with its best one. */
async function rankSome(
  corpus: Corpus,
  request: SearchRequest,
  { queries, scope }: Group,
  wanted: number,
  control: Control
): Promise<Ranking[]> {
  const { vectorsPerQuery } = request;
  const flat = vectorsOf(request, queries, corpus.manifest.dimensions * vectorsPerQuery);
  const most = Math.max(1, Math.min(VECTORS_AT_ONCE, Math.floor(ROWS_AT_ONCE / wanted)));
  const width = most * corpus.manifest.dimensions;
  const best: Ranking[] = [];
  for (let start = 0; start * width < flat.length; start += 1) {
    const some = await corpus.ranker.rank(flat.subarray(start * width, (start + 1) * width), scope, wanted, control);
    const lists = new Map<number, Ranking[]>();
    for (const [place, ranking] of some.entries()) {
      const query = Math.floor((start * most + place) / vectorsPerQuery);
      const list = lists.get(query) ?? best.slice(query, query + 1); // what was found before
      lists.set(query, [...list, ranking]);
    }
    for (const [query, list] of lists) best[query] = merged(list, wanted, scope.rows);
  }
  return best;
}

function vectorsOf({ vectors }: SearchRequest, queries: readonly number[], width: number): Float32Array {
  const flat = new Float32Array(queries.length * width);
  queries.forEach((query, index) => flat.set(vectors.subarray(query * width, (query + 1) * width), index * width));
  return flat;
}

function merged(rankings: readonly Ranking[], wanted: number, rows: number): Ranking {
  const [only, ...others] = rankings;
  if (only !== undefined && others.length === 0) return only;
  const lists = rankings.map(ranking => ({ rows: ranking.rows, values: ranking.scores }));
  return {
    ...filledPart(bestOfLists(lists, wanted, rows), wanted),
    certificate: Math.max(...rankings.map(({ certificate }) => certificate))
  };
}

function withoutExcluded(best: Ranking, excluded: Int32Array | undefined, wanted: number): Ranking {
  const all = { rows: best.rows, values: best.scores };
  // Also where nothing is excluded: the spare ones of a neighbour in the batch are none of this query's.
  const left = filledPart(excluded === undefined ? all : dropExcluded(all, excluded), wanted);
  return { ...left, certificate: best.certificate };
}

/** At most `wanted` rows, without what a list is filled up with. */
function filledPart({ rows, values }: Candidates, wanted: number): Pick<Ranking, 'rows' | 'scores'> {
  const count = Math.min(filledCount(rows), wanted);
  return { rows: Int32Array.from(rows.subarray(0, count)), scores: values.slice(0, count) };
}

function byCategory(best: Ranking, { codes, atMost }: AtMost, k: number): Ranking {
  return chosen(best, atMostPerCategory({ codes: best.rows.map(row => codes[row] as number), k, atMost }));
}

async function byMmr(
  { parts, manifest: { dimensions } }: Corpus,
  best: Ranking,
  { lambda }: Mmr,
  k: number
): Promise<Ranking> {
  const vectors = await gatherVectors(parts, best.rows, dimensions, (part, some) =>
    part.vectors(some.map(row => row - part.firstRow))
  );
  return chosen(best, mmr({ scores: best.scores, vectors, dimensions, lambda, k }));
}

function chosen({ rows, scores, certificate }: Ranking, places: Int32Array): Ranking {
  return {
    rows: places.map(place => rows[place] as number),
    scores: Float32Array.from(places, place => scores[place] as number),
    certificate
  };
}

function write(
  answer: SearchAnswer,
  { data }: Corpus,
  query: number,
  k: number,
  { rows, scores, certificate }: Ranking
): void {
  for (let place = 0; place < Math.min(k, rows.length); place += 1) {
    answer.ids[query * k + place] = data.ids[rows[place] as number] as bigint;
    answer.scores[query * k + place] = scores[place] as number;
  }
  answer.certificate[query] = certificate;
}
