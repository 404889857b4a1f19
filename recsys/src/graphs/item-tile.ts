/** Rows of a file of items that one session maps. Files are named, never placed: the session is told the folder. */
export interface ItemTile {
  readonly file: string;
  /** The first row of the file that belongs to the tile. */
  readonly firstRow: number;
  readonly rows: number;
  readonly dimensions: number;
}

/** A tile of 8-bit items: the numbers, and one scale for each block of them. */
export interface QuantisedTile extends ItemTile {
  readonly scaleFile: string;
  readonly block: number;
  /** Blocks in a row; the last one is filled up. */
  readonly blocks: number;
}

/** More candidates are never asked of a scan: every row is scored then. */
export const MAX_CANDIDATES = 16_384;

/** Multiply-adds a query that one session does: some 45 ms for 32 queries on two cores. */
const SESSION_PRODUCTS = 2 ** 27;
const MAX_STRIP_ROWS = 254 * 1024;
const MAX_STRIPS = 4;
const ROW_STEP = 1024;

/** How many rows a tile and a strip may have. Tests, which have few rows, make them smaller. */
export interface TileLimits {
  readonly tileRows: number;
  readonly stripRows: number;
}

/** Strips are no power of two: rows of scores that far apart would fall into the same places of the caches. */
export function tileLimits(dimensions: number): TileLimits {
  const tileRows = Math.min(MAX_STRIPS * MAX_STRIP_ROWS, Math.floor(SESSION_PRODUCTS / dimensions));
  return { tileRows: Math.max(2 * MAX_CANDIDATES, tileRows), stripRows: MAX_STRIP_ROWS };
}

/** Cuts `rows` into tiles for sessions. Boundaries are multiples of 1,024 rows, so that mapped pages are never shared by two. */
export function sessionTiles(
  file: string,
  rows: number,
  dimensions: number,
  { tileRows } = tileLimits(dimensions)
): ItemTile[] {
  return cut(rows, tileRows).map(part => ({ ...part, file, dimensions }));
}

/** Cuts a tile into strips, so that the scores of one strip at a time are in memory. */
export function stripsOf(tile: ItemTile, { stripRows } = tileLimits(tile.dimensions)): ItemTile[] {
  return cut(tile.rows, stripRows).map(({ firstRow, rows }) => ({
    ...tile,
    firstRow: tile.firstRow + firstRow,
    rows
  }));
}

/** Parts of about equal length, none longer than `most`; with more than one, none shorter than about half of it. */
function cut(rows: number, most: number): { firstRow: number; rows: number }[] {
  const count = Math.max(1, Math.ceil(rows / (Math.floor(most / ROW_STEP) * ROW_STEP)));
  const length = Math.ceil(rows / count / ROW_STEP) * ROW_STEP;
  const starts = Array.from({ length: count }, (_, index) => index * length).filter(start => start < rows);
  return starts.map(firstRow => ({ firstRow, rows: Math.min(length, rows - firstRow) }));
}
