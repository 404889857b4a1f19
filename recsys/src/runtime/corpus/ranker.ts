/** Finds the best rows for queries: carries out the stages of `planScan`, scores candidates by the definition, certifies. */
import {
  type Candidates,
  floatScanError,
  isCertified,
  mergeTopK,
  type Metric,
  planScan,
  quantisedScanError,
  quantiseQuery,
  type ScanStage
} from '../../kernels/index.js';
import type { Control } from '../control.js';
import type { Part } from './part.js';
import type { Scope } from './scope.js';
import { TrueScores } from './true-scores.js';

/** What proved that an answer misses nothing. */
export const CERTIFICATES = { quantised: 0, float: 1, all: 2, device: 3 } as const;

export interface Ranking {
  /** Rows of the corpus and their true scores, best first; as many as were wanted, or as there are. */
  readonly rows: Int32Array;
  readonly scores: Float32Array;
  readonly certificate: number;
}

export interface RankerOptions {
  readonly metric: Metric;
  readonly dimensions: number;
  readonly parts: readonly Part[];
  /** Milliseconds. */
  readonly now: () => number;
}

const FIRST_STRETCH = 2.5;
const MOST_STRETCH = 40;

export class Ranker {
  readonly #scores: TrueScores;
  #stretch = FIRST_STRETCH;
  #scanMs = 0;

  constructor(private readonly options: RankerOptions) {
    this.#scores = new TrueScores(options);
  }

  /** The best `wanted` rows of the scope for each query f32[B, d]. */
  async rank(queries: Float32Array, scope: Scope, wanted: number, control: Control): Promise<Ranking[]> {
    const { dimensions, parts } = this.options;
    const all = Array.from({ length: queries.length / dimensions }, (_, index) =>
      queries.subarray(index * dimensions, (index + 1) * dimensions)
    );
    const stages = planScan({
      rows: scope.rows,
      eligible: scope.eligible,
      queries: all.length,
      wanted,
      hasQuantised: parts.every(part => part.quantised.isReady),
      hasDevice: parts.every(part => part.hasDevice),
      stretch: this.#stretch
    });
    const found: (Ranking | undefined)[] = all.map(() => undefined);
    for (const stage of stages) {
      const open = [...found.keys()].filter(index => found[index] === undefined);
      if (open.length === 0) break;
      const some = open.map(index => all[index] as Float32Array);
      const rankings = await this.#carryOut(stage, some, scope, wanted, control);
      if (stage.scan === 'quantised') this.#learn(rankings);
      open.forEach((index, place) => (found[index] = rankings[place]));
    }
    return found as Ranking[];
  }

  /** The time that scans have taken since this was asked last. */
  takeScanMs(): number {
    const taken = this.#scanMs;
    this.#scanMs = 0;
    return taken;
  }

  /** Where the 8-bit scan did not suffice for many, the next one looks wider. */
  #learn(rankings: readonly (Ranking | undefined)[]): void {
    const failed = rankings.filter(ranking => ranking === undefined).length;
    if (failed * 4 > rankings.length) this.#stretch = Math.min(MOST_STRETCH, this.#stretch * 2);
  }

  /** One stage; undefined for each query of which it cannot prove that nothing is missed. */
  async #carryOut(
    stage: ScanStage,
    queries: readonly Float32Array[],
    scope: Scope,
    wanted: number,
    control: Control
  ): Promise<(Ranking | undefined)[]> {
    if (stage.scan === 'all') {
      const best = await this.#scores.bestOf(queries, scope, wanted, control);
      return best.map(candidates => ranking(candidates, wanted, CERTIFICATES.all));
    }
    const start = this.options.now();
    const { lists, errors } = await this.#scan(stage, queries, scope, control);
    this.#scanMs += this.options.now() - start;
    const candidates = lists.map(each => withoutPadding(mergeTopK(each, stage.candidates)));
    const scored = await this.#scores.of(
      queries,
      candidates.map(({ rows }) => rows),
      scope,
      control
    );
    const certificate = CERTIFICATES[stage.scan === 'chosen' ? 'float' : stage.scan];
    return scored.map((best, index) => {
      const seen = candidates[index]?.values ?? new Float32Array(0);
      const error = errors[index] ?? Infinity;
      const isWhole = seen.length < stage.candidates && error < Infinity;
      const worst = (seen[seen.length - 1] ?? -Infinity) + this.#offset(queries[index] as Float32Array);
      const isProven = isWhole || isCertified(best.values[wanted - 1] ?? -Infinity, worst, error);
      return isProven ? ranking(best, wanted, certificate) : undefined;
    });
  }

  async #scan(
    { scan, candidates }: ScanStage,
    queries: readonly Float32Array[],
    scope: Scope,
    control: Control
  ): Promise<{ lists: Candidates[][]; errors: number[] }> {
    const { dimensions, parts, metric } = this.options;
    const scaled = metric === 'l2' ? queries.map(query => query.map(value => 2 * value)) : queries;
    const rounded = scan === 'quantised' ? scaled.map(quantiseQuery) : [];
    const flat = new Float32Array(queries.length * dimensions);
    scaled.forEach((query, index) => flat.set(rounded[index]?.values ?? query, index * dimensions));
    const lists: Candidates[][] = queries.map(() => []);
    for (const part of parts) {
      const found = await this.#scanPart(part, scan, { queries: flat, candidates }, scope, control);
      found.forEach((each, index) => lists[index]?.push(...each));
    }
    const magnitudes = {
      dimensions,
      maxItemNorm: Math.max(...parts.map(({ spec }) => spec.maxNorm)),
      maxAdded: scope.maxAdded
    };
    const errors = scaled.map((query, index) => {
      const each = { ...magnitudes, queryNorm: normOf(query) };
      const copy = rounded[index];
      if (copy === undefined) return floatScanError(each);
      return Math.max(...parts.map(part => quantisedScanError(each, part.quantised.loss, copy)));
    });
    return { lists, errors };
  }

  #scanPart(
    part: Part,
    scan: ScanStage['scan'],
    request: { queries: Float32Array; candidates: number },
    scope: Scope,
    control: Control
  ): Promise<Candidates[][]> {
    if (scan === 'chosen') {
      const { rows, added } = scope.chosen(part);
      return part.chosenCandidates(rows, { ...request, added }, control);
    }
    if (scan === 'device') return part.deviceCandidates({ ...request, added: scope.added(part) }, control);
    if (scan === 'float') return part.floatCandidates({ ...request, added: scope.added(part) }, control);
    return part.quantisedCandidates({ ...request, added: scope.added(part) ?? scope.nothing(part) }, control);
  }

  /** A scan for `l2` leaves out the query's own square. */
  #offset(query: Float32Array): number {
    return this.options.metric === 'l2' ? -(normOf(query) ** 2) : 0;
  }
}

function ranking({ values, rows }: Candidates, wanted: number, certificate: number): Ranking {
  return { rows: Int32Array.from(rows.subarray(0, wanted)), scores: values.slice(0, wanted), certificate };
}

/** Without rows that a filter left out (-Infinity) and what is filled up. */
function withoutPadding({ values, rows }: Candidates): { values: Float32Array; rows: Int32Array } {
  let count = values.length;
  while (count > 0 && values[count - 1] === -Infinity) count -= 1;
  return { values: values.subarray(0, count), rows: Int32Array.from(rows.subarray(0, count)) };
}

function normOf(query: Float32Array): number {
  return Math.sqrt(query.reduce((sum, value) => sum + value * value, 0));
}
