/** Reads a search request against a corpus: everything that is wrong is said before anything is computed. */
import {
  columnKinds,
  excludedRows,
  exclusionProblems,
  type FieldProblem,
  type Filter,
  filterProblems,
  isJsonObject,
  normaliseRows,
  parseFilter,
  type Recency,
  recencyProblems
} from '../../kernels/index.js';
import { z } from 'zod';
import type { Arrays, ArrayView, TypedArray } from '../arrays.js';
import { MAX_BODY_BYTES } from '../frame.js';
import { readWith } from '../read-with.js';
import { invalid, RuntimeError } from '../runtime-error.js';
import type { RowData } from './row-data.js';

export type Diversity =
  | { readonly kind: 'mmr'; readonly lambda: number; readonly pool: number }
  | { readonly kind: 'at-most'; readonly atMost: number; readonly codes: Int32Array };

export interface SearchRequest {
  /** f32[queries · vectors · d]; for `cosine` of length 1. */
  readonly vectors: Float32Array;
  readonly queries: number;
  readonly vectorsPerQuery: number;
  readonly k: number;
  readonly filter: Filter | undefined;
  /** u8[rows], for all queries; or one for each. */
  readonly masks: readonly Uint8Array[];
  readonly boost: Float32Array | undefined;
  readonly recency: Recency | undefined;
  /** Rows that each query does not want, ascending; the same list where all want the same. */
  readonly excluded: readonly Int32Array[] | undefined;
  readonly diversity: Diversity | undefined;
}

export const MAX_K = 10_000;
const MAX_VECTORS = 8192;
/** An id and a score. */
const ANSWER_BYTES = 12;
/** Three arrays begin at multiples of 64. */
const PADDING_BYTES = 3 * 64;
const PARAMS = ['corpus', 'k', 'where', 'recency', 'diversity'];

export function readSearch(
  params: Readonly<Record<string, unknown>>,
  arrays: Arrays,
  corpus: { data: RowData; dimensions: number; isCosine: boolean }
): SearchRequest {
  const { data } = corpus;
  const kinds = columnKinds(data.columns);
  const unknown = Object.keys(params).find(key => !PARAMS.includes(key));
  if (unknown !== undefined)
    throw invalid(unknown, `${unknown} is no parameter of a search: there are ${PARAMS.join(', ')}`);
  const k = count('k', params['k'], MAX_K);
  const { where, recency } = params;
  if (where !== undefined) refuse(filterProblems(where, kinds));
  if (recency !== undefined) refuse(recencyProblems(recency, kinds));
  const queries = readQueries(arrays['queries'], corpus);
  requireShortAnswer(queries.queries, k);
  return {
    ...queries,
    k,
    filter: where === undefined ? undefined : parseFilter(where, kinds),
    recency: recency as Recency | undefined,
    masks: readMasks(arrays['mask'], queries.queries, data.rows),
    boost: readBoost(arrays['boost'], data.rows),
    excluded: readExcluded(arrays, queries.queries, data),
    diversity: readDiversity(params['diversity'], k, data)
  };
}

function readQueries(
  view: ArrayView | undefined,
  { dimensions, isCosine }: { dimensions: number; isCosine: boolean }
): Pick<SearchRequest, 'vectors' | 'queries' | 'vectorsPerQuery'> {
  const vectors = requireType('queries', view, 'Float32Array') as Float32Array;
  const shape = view?.shape ?? [];
  const [queries = 0, ...others] = shape;
  const vectorsPerQuery = others.length === 2 ? (others[0] ?? 0) : 1;
  if (shape.length < 2 || others.at(-1) !== dimensions || queries * vectorsPerQuery === 0) {
    const found = `queries has the shape [${shape.join(', ')}]`;
    throw invalid('queries', `${found}: want [B, ${dimensions}] or [B, m, ${dimensions}]`);
  }
  requireFewVectors(vectorsPerQuery);
  requireFinite(vectors, dimensions);
  if (isCosine) normaliseRows(vectors, dimensions);
  return { vectors, queries, vectorsPerQuery };
}

/** Before it is computed: an answer has to fit into a frame. */
function requireShortAnswer(queries: number, k: number): void {
  const most = Math.floor((MAX_BODY_BYTES - PADDING_BYTES) / (ANSWER_BYTES * k + 1));
  if (queries <= most) return;
  const message = `the answers to ${queries} queries would take more than 64 MiB: want at most ${most} at once for k = ${k}`;
  throw new RuntimeError('too-large', message, 'queries');
}

function requireFewVectors(count: number): void {
  if (count > MAX_VECTORS)
    throw invalid('queries', `queries has ${count} vectors a query: want at most ${MAX_VECTORS}`);
}

function requireFinite(vectors: Float32Array, dimensions: number): void {
  const bad = vectors.findIndex(value => !Number.isFinite(value));
  if (bad < 0) return;
  const where = `queries[${Math.floor(bad / dimensions)}, ${bad % dimensions}]`;
  throw invalid('queries', `${where} is ${vectors[bad]}: want finite numbers`);
}

function readMasks(view: ArrayView | undefined, queries: number, rows: number): Uint8Array[] {
  if (view === undefined) return [];
  const values = requireType('mask', view, 'Uint8Array') as Uint8Array;
  const text = view.shape.join(', ');
  if (text === `${rows}`) return [values];
  if (text !== `${queries}, ${rows}`) {
    throw invalid('mask', `mask has the shape [${text}]: want [${rows}] or [${queries}, ${rows}]`);
  }
  return Array.from({ length: queries }, (_, index) => values.subarray(index * rows, (index + 1) * rows));
}

function readBoost(view: ArrayView | undefined, rows: number): Float32Array | undefined {
  if (view === undefined) return undefined;
  const values = requireType('boost', view, 'Float32Array') as Float32Array;
  if (view.shape.join() !== `${rows}`) {
    throw invalid('boost', `boost has the shape [${view.shape.join(', ')}]: want [${rows}]`);
  }
  const bad = values.findIndex(value => !Number.isFinite(value));
  if (bad >= 0) throw invalid('boost', `boost[${bad}] is ${values[bad]}: want finite numbers (a mask leaves rows out)`);
  return values;
}

function readExcluded(arrays: Arrays, queries: number, { index }: RowData): Int32Array[] | undefined {
  const { excludeOffsets, excludeIds } = arrays;
  if (excludeOffsets === undefined && excludeIds === undefined) return undefined;
  const ids = requireType('excludeIds', excludeIds, 'BigInt64Array') as BigInt64Array;
  if (excludeOffsets === undefined) {
    const shared = excludedRows(Float64Array.of(0, ids.length), ids, index);
    return Array.from({ length: queries }, () => shared[0] as Int32Array);
  }
  const offsets = requireType('excludeOffsets', excludeOffsets, 'BigInt64Array') as BigInt64Array;
  refuse(exclusionProblems(offsets, ids.length, queries));
  return excludedRows(offsets, ids, index);
}

const MMR = z.strictObject({ mmr: z.number().min(0).max(1), pool: z.int().min(1).max(MAX_K) });
const AT_MOST = z.strictObject({ atMost: z.int().min(1).max(MAX_K), column: z.string() });

function readDiversity(json: unknown, k: number, { columns }: RowData): Diversity | undefined {
  if (json === undefined) return undefined;
  if (isJsonObject(json) && Object.hasOwn(json, 'mmr')) {
    const { mmr: lambda, pool } = readWith(MMR, 'diversity', json);
    if (pool < k) throw invalid('diversity.pool', `diversity.pool is ${pool}: want at least k = ${k}`);
    return { kind: 'mmr', lambda, pool };
  }
  const { atMost, column: name } = readWith(AT_MOST, 'diversity', json);
  const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
  if (column?.kind === 'category') return { kind: 'at-most', atMost, codes: column.codes };
  throw invalid('diversity.column', `diversity.column is ${JSON.stringify(name)}: want the name of a category column`);
}

function count(field: string, value: unknown, most: number): number {
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most) return value as number;
  throw invalid(field, `${field} is ${JSON.stringify(value)}: want an integer from 1 to ${most}`);
}

function requireType(field: string, view: ArrayView | undefined, type: string): TypedArray {
  if (view?.values.constructor.name === type) return view.values;
  const found = view === undefined ? 'missing' : view.values.constructor.name;
  throw invalid(field, `the array ${field} is ${found}: want ${type}`);
}

function refuse(problems: readonly FieldProblem[]): void {
  const [first] = problems;
  if (first === undefined) return;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  throw invalid(first.field, `${first.field} ${first.message}${more}`);
}
