/** Decides, before anything is made, how much memory a corpus will need. */
import type { ColumnKind } from '../kernels/index.js';

export interface CorpusSize {
  readonly rows: number;
  readonly dimensions: number;
  /** Bytes a row of its columns. */
  readonly columnBytes: number;
}

export interface MemoryEstimate {
  /** The mapped items, their 8-bit copy, ids and columns, scores on the way, the process itself. */
  readonly memoryBytes: number;
  /** The files that the client fills. */
  readonly fileBytes: number;
}

const PROCESS_BYTES = 120 * 2 ** 20;
/** Scores of 32 queries over a strip of 260,096 rows. */
const SCORES_BYTES = 32 * 260_096 * 4;
const COLUMN_BYTES: Readonly<Record<ColumnKind, number>> = { number: 8, category: 4, flag: 1 };
/** Beyond its estimate a process may grow by so much before it makes room by starting again. */
const GROWTH = 1.25;
const MORE_THAN_ESTIMATED = 2 ** 29;
const ID_BYTES = 8;
const INDEX_BYTES = 7;

export function estimateMemory({ rows, dimensions, columnBytes }: CorpusSize): MemoryEstimate {
  const items = rows * dimensions * 4;
  const beside = rows * (ID_BYTES + columnBytes);
  const copy = items / 4;
  const scores = Math.min(SCORES_BYTES, 32 * rows * 4) * Math.ceil(rows / 1_000_000);
  return {
    memoryBytes: Math.ceil(items + copy + beside + rows * INDEX_BYTES + scores + PROCESS_BYTES),
    fileBytes: items + beside
  };
}

/** How much resident memory the process of such a corpus may take. */
export function mostResidentBytes(size: CorpusSize): number {
  return Math.ceil(estimateMemory(size).memoryBytes * GROWTH + MORE_THAN_ESTIMATED);
}

/** What a corpus was promised that it has not taken yet: all of it before it is sealed, then its 8-bit copy. */
export function promisedCorpusBytes(size: CorpusSize, isSealed: boolean): number {
  return isSealed ? size.rows * size.dimensions : estimateMemory(size).memoryBytes;
}

/** Bytes a row. */
export function columnBytes(columns: readonly { readonly kind: ColumnKind }[]): number {
  return columns.reduce((sum, { kind }) => sum + COLUMN_BYTES[kind], 0);
}
