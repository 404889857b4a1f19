/** Decides, before anything is made, what memory a budget will need, and whether its tiles stay there or lie on the disk. */
import { fileBytes } from './budget-files.js';
import type { CreateBudget } from './create-budget.js';

export interface BudgetEstimate {
  /** What its process takes, and files in memory. */
  readonly memoryBytes: number;
  /** The files that the client fills. */
  readonly fileBytes: number;
  /** People and their candidates, laid out for the passes. */
  readonly tileBytes: number;
  /** Whether tiles stay in memory; else they are written to the disk once, and read for each pass. */
  readonly isResident: boolean;
  /** On the disk: 0 where all is in memory. */
  readonly diskBytes: number;
}

export interface Room {
  readonly mostTileBytes: number;
  readonly availableBytes: number;
}

/** Widths of tiles are rounded up, by at most so much where all columns are alike. */
const MOST_PADDING = 1.42;
/** Where people differ in which channels they have, columns stay empty: of each candidate so many cells, and more with each channel. Measured. */
const CHANNEL_PADDING = { least: 4, more: 0.25 } as const;
/** Of a candidate: its value, its option, its number. */
const CELL_BYTES = 12;
const DENSE_CELL_BYTES = 4;
/** Samples take at most so much of all that there is. */
const SAMPLED = 0.2;
/** Where tiles lie on the disk, samples have at most so many candidates. */
export const MOST_SAMPLED_ON_DISK = 2 ** 23;
/** Columns are read, and people laid, in blocks of about so many candidates. */
export const BLOCK_CANDIDATES = 2 ** 23;
const PROCESS_BYTES = 180 * 2 ** 20;
/** Of a run: its input and output, margins of those near the threshold. */
export const PASS_BYTES = 256 * 2 ** 20;
/** Each shape of tiles has a session, 3 MiB as measured: a block has 64 shapes at most, samples may have as many others. Those of few cells do without. */
const SESSION_BYTES = 3 * 2 ** 20;
const MOST_SESSIONS = 128;
const CELLS_PER_SESSION = 2 ** 16;
const BYTES_PER_LIMIT = 400;
const BYTES_PER_OPTION = 60;

export function estimateBudget(create: CreateBudget, { mostTileBytes, availableBytes }: Room): BudgetEstimate {
  const { people, candidates, isDense } = create;
  const cellBytes = isDense ? DENSE_CELL_BYTES : CELL_BYTES;
  const columns = capColumns(create);
  const padding = isDense ? MOST_PADDING : paddingOf(create);
  const tileBytes = Math.ceil(candidates * padding * cellBytes + people * 4 * (columns + (isDense ? 1 : 0)));
  const files = fileBytes(create);
  const working = workingBytes(create);
  const resident = files + tileBytes * (1 + SAMPLED) + working;
  const isResident = tileBytes <= mostTileBytes && resident <= availableBytes;
  const sampleBytes = Math.min(tileBytes * SAMPLED, MOST_SAMPLED_ON_DISK * padding * CELL_BYTES);
  return {
    memoryBytes: Math.ceil(isResident ? resident : working + sampleBytes),
    fileBytes: files,
    tileBytes,
    isResident,
    diskBytes: isResident ? 0 : Math.ceil(files + tileBytes * (1 + SAMPLED))
  };
}

/** What a budget was promised that it has not taken yet: all of it before it is sealed, then what a solve takes. */
export function promisedBudgetBytes({ memoryBytes }: BudgetEstimate, isSealed: boolean): number {
  return isSealed ? Math.min(memoryBytes, PASS_BYTES) : memoryBytes;
}

/** How many caps differ from person to person. */
function capColumns({ personCap, channels }: CreateBudget): number {
  return [personCap, ...channels.map(({ cap }) => cap)].filter(cap => cap === 'column').length;
}

/** Cells of each candidate: channels whose caps can bind have columns of their own. */
function paddingOf({ personCap, channels }: CreateBudget): number {
  const binding = channels.filter(({ cap, counted }) => {
    const isWithin = counted && typeof cap === 'number' && typeof personCap === 'number' && cap >= personCap;
    return cap !== null && !isWithin;
  });
  const blocks = binding.length + (binding.length < channels.length ? 1 : 0);
  return blocks > 1 ? CHANNEL_PADDING.least + CHANNEL_PADDING.more * blocks : MOST_PADDING;
}

function workingBytes(create: CreateBudget): number {
  const { people, candidates, options, limits, incidences } = create;
  const small = Math.min(1, candidates / BLOCK_CANDIDATES);
  const block = BLOCK_CANDIDATES * small * 2 * CELL_BYTES;
  const choice = candidates / 2;
  const prices = limits * BYTES_PER_LIMIT + options * BYTES_PER_OPTION + incidences * 12;
  const caps = people * 2 * capColumns(create);
  const sessions = Math.min(create.isDense ? 1 : MOST_SESSIONS, candidates / CELLS_PER_SESSION) * SESSION_BYTES;
  return Math.ceil(PROCESS_BYTES + sessions + PASS_BYTES * small + block + choice + caps + prices);
}
