/** Which rows may be answers, and what is added to their scores: the same for all queries of a group. */
import { countRows, rowsOf } from '../../kernels/index.js';
import type { Part } from './part.js';

export interface ScopeOptions {
  readonly rows: number;
  /** u8[rows]; undefined: all of them. */
  readonly keep?: Uint8Array | undefined;
  /** f32[rows], finite: belongs to the true score. */
  readonly boost?: Float32Array | undefined;
  /** f32[rows]: what only scans need, minus the squared norms of the items. */
  readonly scanOnly?: Float32Array | undefined;
}

/** What was worked out for the last few filters, for those that are asked again and again. */
export class ScopeCache {
  static readonly MOST = 4;
  readonly #known = new Map<string, Scope>();

  get(key: string, make: () => Scope): Scope {
    const scope = this.#known.get(key) ?? make();
    this.#known.delete(key);
    this.#known.set(key, scope); // the last one to be forgotten
    const [oldest] = this.#known.keys();
    if (this.#known.size > ScopeCache.MOST && oldest !== undefined) this.#known.delete(oldest);
    return scope;
  }
}

export class Scope {
  readonly rows: number;
  /** How many rows may be answers. */
  readonly eligible: number;
  readonly boost: Float32Array | undefined;
  /** The largest finite magnitude of what scans add to a score. */
  readonly maxAdded: number;
  #added: Float32Array | undefined;
  readonly #chosen = new Map<Part, { rows: Int32Array; added: Float32Array | undefined }>();
  readonly #nothing = new Map<Part, Float32Array>();

  constructor(private readonly options: ScopeOptions) {
    const { rows, keep, boost, scanOnly } = options;
    this.rows = rows;
    this.boost = boost;
    this.eligible = keep === undefined ? rows : countRows(keep);
    this.maxAdded = largest(boost) + largest(scanOnly);
  }

  isEligible(row: number): boolean {
    return this.options.keep === undefined || this.options.keep[row] !== 0;
  }

  /** What scans add to the scores of a part's rows; undefined: nothing. */
  added({ firstRow, rows }: Part): Float32Array | undefined {
    const { keep, boost, scanOnly } = this.options;
    if (keep === undefined && boost === undefined && scanOnly === undefined) return undefined;
    this.#added ??= sum(this.rows, keep, boost, scanOnly);
    return this.#added.subarray(firstRow, firstRow + rows);
  }

  /** Zeros for the scan that always adds. */
  nothing(part: Part): Float32Array {
    const zeros = this.#nothing.get(part) ?? new Float32Array(part.rows);
    this.#nothing.set(part, zeros);
    return zeros;
  }

  /** The rows of a part that may be answers, counted in it, and what is added to each. */
  chosen(part: Part): { rows: Int32Array; added: Float32Array | undefined } {
    const known = this.#chosen.get(part);
    if (known !== undefined) return known;
    const { firstRow, rows: count } = part;
    const { keep, boost, scanOnly } = this.options;
    const mask = keep?.subarray(firstRow, firstRow + count) ?? new Uint8Array(count).fill(1);
    const rows = rowsOf(mask, countRows(mask));
    const isAdded = boost !== undefined || scanOnly !== undefined;
    const added = isAdded
      ? Float32Array.from(rows, row => (boost?.[firstRow + row] ?? 0) + (scanOnly?.[firstRow + row] ?? 0))
      : undefined;
    const made = { rows, added };
    this.#chosen.set(part, made);
    return made;
  }
}

function sum(rows: number, keep?: Uint8Array, boost?: Float32Array, scanOnly?: Float32Array): Float32Array {
  const added = new Float32Array(rows);
  if (boost !== undefined) added.set(boost);
  if (scanOnly !== undefined) {
    for (let row = 0; row < rows; row += 1) added[row] = (added[row] as number) + (scanOnly[row] as number);
  }
  if (keep !== undefined) for (let row = 0; row < rows; row += 1) if (keep[row] === 0) added[row] = -Infinity;
  return added;
}

function largest(values: Float32Array | undefined): number {
  let most = 0;
  if (values === undefined) return most;
  for (let row = 0; row < values.length; row += 1) {
    const magnitude = Math.abs(values[row] as number);
    if (magnitude > most) most = magnitude;
  }
  return most;
}
