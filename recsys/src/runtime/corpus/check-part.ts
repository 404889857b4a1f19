/**
 * Looks through what a snapshot brings before anything is computed from it: it may come from anybody, and what a seal has made sure of, its
 * files only claim. Wrong norms would make wrong answers that are certified (ADR 0009).
 */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { type Column, type Metric, squaredNorm } from '../../kernels/index.js';
import type { RuntimeError } from '../runtime-error.js';
import { itemSteps } from './item-steps.js';
import { broken, itemsFile, type Manifest, type PartSpec } from './manifest.js';
import type { RowData } from './row-data.js';

/** Some 5 ms each; between them others have their turn. */
const STEP_VALUES = 2 ** 22;
/** Norms are computed in float64. */
const TOLERANCE = 2 ** -40;
/** How far rows that were normalised are from length 1. */
const UNIT_TOLERANCE = 2 ** -20;

/** Items as they have to be. */
interface Claim {
  readonly metric: Metric;
  readonly dimensions: number;
  readonly maxNorm: number;
  /** Minus the squared norms of the part's items, for `l2`. */
  readonly squares: Float32Array | undefined;
}

/** Nothing where no part is of a snapshot. @throws RuntimeError `invalid-input` naming the snapshot's folder and what is wrong */
export async function checkSnapshot(manifest: Manifest, data: RowData): Promise<void> {
  const from = manifest.parts.find(part => part.from !== undefined)?.from;
  if (from === undefined) return;
  const wrong = rowProblem(manifest, data);
  if (wrong !== undefined) throw broken(from, wrong);
  let firstRow = 0;
  for (const part of manifest.parts) {
    const { metric, dimensions } = manifest;
    const squares = data.squares?.subarray(firstRow, firstRow + part.rows);
    if (part.from !== undefined) {
      await checkItems(part.from, part, { metric, dimensions, maxNorm: part.maxNorm, squares });
    }
    firstRow += part.rows;
  }
}

/** What is wrong beside the items. */
function rowProblem({ hasIds, nextId }: Manifest, data: RowData): string | undefined {
  const { ids, index, columns } = data;
  const twice = index.duplicate();
  if (twice !== undefined) return `rows ${twice.first} and ${twice.second} both have the id ${twice.id}`;
  const late = hasIds ? -1 : ids.findIndex(id => id >= nextId);
  if (late >= 0) return `the id of row ${late} is ${ids[late]}, and nextId is ${nextId}`;
  for (const [name, column] of Object.entries(columns)) {
    const row = badRow(column);
    if (row >= 0) return `the value of row ${row} in the column ${JSON.stringify(name)} is none`;
  }
  return tombstoneProblem(data);
}

function tombstoneProblem({ removed, live }: RowData): string | undefined {
  const odd = removed?.findIndex(each => each > 1) ?? -1;
  if (odd >= 0) return `the tombstone of row ${odd} is ${removed?.[odd]}: want 0 or 1`;
  return live > 0 ? undefined : 'every row is removed';
}

/** The first row whose value cannot be; -1: none. */
function badRow(column: Column): number {
  if (column.kind === 'number') return column.values.findIndex(value => Math.abs(value) === Infinity);
  if (column.kind === 'flag') return -1; // whatever is not 0 is true
  const { codes, categories } = column;
  return codes.findIndex(code => code < -1 || code >= categories.length);
}

async function checkItems(folder: string, { name, rows }: PartSpec, claim: Claim): Promise<void> {
  const { dimensions } = claim;
  const file = await open(join(folder, itemsFile(name)), 'r');
  const pause = (): Promise<void> => new Promise(resolve => setImmediate(resolve));
  try {
    for await (const { items, start } of itemSteps(file, { firstRow: 0, rows, dimensions }, STEP_VALUES, pause)) {
      requireClaimed(items, start, claim, what => broken(folder, `${itemsFile(name)}, ${what}`));
    }
  } finally {
    await file.close();
  }
}

function requireClaimed(
  items: Float32Array,
  firstRow: number,
  claim: Claim,
  refusal: (what: string) => RuntimeError
): void {
  const { dimensions } = claim;
  for (let start = 0, row = firstRow; start < items.length; start += dimensions, row += 1) {
    const wrong = itemProblem(squaredNorm(items, start, dimensions), row, claim);
    if (wrong !== undefined) throw refusal(`row ${row}: ${wrong}`);
  }
}

/** What is wrong with an item of that squared norm. */
function itemProblem(square: number, row: number, { metric, maxNorm, squares }: Claim): string | undefined {
  if (!Number.isFinite(square)) return 'want finite numbers';
  const norm = Math.sqrt(square);
  if (norm > maxNorm * (1 + TOLERANCE)) return `its norm is ${norm}, and maxNorm is ${maxNorm}`;
  if (metric === 'cosine' && norm !== 0 && Math.abs(norm - 1) > UNIT_TOLERANCE) return `its norm is ${norm}: want 1`;
  const kept = squares?.[row];
  if (kept !== undefined && kept !== Math.fround(-square)) return `its squared norm is ${square}, and ${-kept} is kept`;
  return undefined;
}
