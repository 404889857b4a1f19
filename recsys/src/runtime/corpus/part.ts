/** One part of a corpus: rows that were added together. Knows its files and how to scan them, nothing of what is asked. */
import { Tensor } from 'onnxruntime-node';
import { type ItemTile, sessionTiles, type TileLimits } from '../../graphs/index.js';
import type { Candidates } from '../../kernels/index.js';
import type { Control } from '../control.js';
import { DeviceTile } from './device-tile.js';
import { FloatTile } from './float-tile-session.js';
import { gatherVectors } from './gather-vectors.js';
import { itemsFile, type PartSpec } from './manifest.js';
import { QuantisedCopy } from './quantised-copy.js';
import type { Answer, Feeds, SessionOptions } from './create-session.js';

/** Queries f32[B, d] to scan with, the candidates wanted of each tile, and what is added to each row's score. */
export interface ScanRequest {
  readonly queries: Float32Array;
  readonly candidates: number;
  /** f32[rows of the part]; -Infinity leaves a row out. */
  readonly added: Float32Array | undefined;
}

/** So many vectors at a time are gathered: 64 MiB at 128 dimensions. */
const MAX_GATHERED = 2 ** 17;

export class Part {
  readonly quantised: QuantisedCopy;
  readonly #tiles: readonly FloatTile[];
  readonly #deviceTiles: readonly DeviceTile[];

  /** @param firstRow  the row of the corpus that is row 0 here */
  constructor(
    readonly spec: PartSpec,
    readonly firstRow: number,
    private readonly dimensions: number,
    options: SessionOptions
  ) {
    const tilesWithin = (limits?: TileLimits): ItemTile[] =>
      sessionTiles(itemsFile(spec.name), spec.rows, dimensions, limits);
    const tiles = tilesWithin(options.limits);
    const { deviceScans } = options;
    this.#deviceTiles =
      deviceScans === undefined
        ? []
        : tilesWithin(deviceScans.limits).map(tile => new DeviceTile(tile, options, deviceScans));
    this.#tiles = tiles.map(tile => new FloatTile(tile, options));
    this.quantised = new QuantisedCopy(tiles, options);
  }

  get rows(): number {
    return this.spec.rows;
  }

  /** For each query, lists of candidates: one a tile, best first, rows counted in the corpus. */
  async floatCandidates(request: ScanRequest, control: Control): Promise<Candidates[][]> {
    return this.#scan(this.#tiles, request, control, (tile, _, feeds) => tile.scan(feeds));
  }

  /** Whether a device scans too. */
  get hasDevice(): boolean {
    return this.#deviceTiles.length > 0;
  }

  /** The same by the device, which finds `DEVICE_CANDIDATES` of each tile, whatever is wanted. */
  async deviceCandidates(request: ScanRequest, control: Control): Promise<Candidates[][]> {
    return this.#scan(this.#deviceTiles, request, control, (tile, _, feeds) => tile.scan(feeds));
  }

  /** The same of the 8-bit copy, which has to be ready; the queries are rounded, and something is added to each row. */
  async quantisedCandidates(request: ScanRequest, control: Control): Promise<Candidates[][]> {
    return this.#scan(this.#tiles, request, control, (_, index, feeds) => this.quantised.run(index, feeds));
  }

  /** The same of chosen rows (of this part, ascending) only; `added` holds a value for each of them. */
  async chosenCandidates(chosen: Int32Array, request: ScanRequest, control: Control): Promise<Candidates[][]> {
    const found = perQuery(request.queries.length / this.dimensions);
    for (const tile of this.#tiles) {
      const [from, to] = [lowerBound(chosen, tile.firstRow), lowerBound(chosen, tile.firstRow + tile.rows)];
      for (let start = from; start < to; start += MAX_GATHERED) {
        await control.pause();
        const end = Math.min(start + MAX_GATHERED, to);
        const some = chosen.subarray(start, end);
        const added = request.added?.subarray(start, end) ?? new Float32Array(end - start);
        const feeds = { ...this.#feeds(request, some.length), added: new Tensor('float32', added, [added.length]) };
        const answer = await tile.scanChosen(some, feeds);
        collect(found, answer, place => (some[place] as number) + this.firstRow);
      }
    }
    return found;
  }

  /** The items of rows of this part, f32[n · d], in the order of the rows. */
  async vectors(rows: Int32Array): Promise<Float32Array> {
    return gatherVectors(this.#tiles, rows, this.dimensions, (tile, some) => tile.gather(some));
  }

  /** Unloads everything, for good. */
  async release(): Promise<void> {
    await this.quantised.release();
    for (const tile of [...this.#tiles, ...this.#deviceTiles]) await tile.release();
  }

  async #scan<Tile extends FloatTile | DeviceTile>(
    tiles: readonly Tile[],
    request: ScanRequest,
    control: Control,
    run: (tile: Tile, index: number, feeds: Feeds) => Promise<Answer>
  ): Promise<Candidates[][]> {
    const found = perQuery(request.queries.length / this.dimensions);
    for (const [index, tile] of tiles.entries()) {
      await control.pause();
      const added = request.added?.subarray(tile.firstRow, tile.firstRow + tile.rows);
      const feeds = {
        ...this.#feeds(request, tile.rows),
        ...(added === undefined ? {} : { added: new Tensor('float32', added, [tile.rows]) })
      };
      const first = tile.firstRow + this.firstRow;
      collect(found, await run(tile, index, feeds), row => row + first);
    }
    return found;
  }

  #feeds({ queries, candidates }: ScanRequest, rows: number): Feeds {
    return {
      queries: new Tensor('float32', queries, [queries.length / this.dimensions, this.dimensions]),
      k: new Tensor('int64', BigInt64Array.of(BigInt(Math.min(candidates, rows))), [1])
    };
  }
}

function perQuery(count: number): Candidates[][] {
  return Array.from({ length: count }, () => []);
}

/** The first place of an ascending list whose row is not less. */
function lowerBound(rows: Int32Array, row: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle] as number) < row) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Hands each query its row of the answer of a scan. */
function collect(found: Candidates[][], answer: Answer, rowOf: (index: number) => number): void {
  const values = answer['values']?.data as Float32Array;
  const indices = answer['rows']?.data as Int32Array;
  const count = values.length / found.length;
  for (const [query, lists] of found.entries()) {
    const from = query * count;
    const rows = indices.slice(from, from + count);
    for (let place = 0; place < count; place += 1) rows[place] = rowOf(rows[place] as number);
    lists.push({ values: values.subarray(from, from + count), rows });
  }
}
