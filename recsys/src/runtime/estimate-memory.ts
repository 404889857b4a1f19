/** Decides, before anything is made, how much memory a corpus will need. */

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
