/** What is kept in memory of the rows beside their items: ids, columns, squares; read from the files of the parts. */
import { type Column, firstBadId, IdIndex } from '../../kernels/index.js';
import { broken, type ColumnSpec, columnFile, idsFile, type Manifest, normsFile, type PartSpec } from './manifest.js';
import { readNumbers } from '../whole-file.js';

export interface RowData {
  readonly rows: number;
  readonly ids: BigInt64Array;
  readonly index: IdIndex;
  readonly columns: Readonly<Record<string, Column>>;
  /** Minus the squared norms of the items, for `l2`. */
  readonly squares: Float32Array | undefined;
  /** u8[rows]: 1 where a row was removed; undefined when none was. */
  readonly removed: Uint8Array | undefined;
  readonly live: number;
}

export async function readRowData(folder: string, manifest: Manifest): Promise<RowData> {
  const { parts, columns, metric } = manifest;
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const ids = await joined(folder, parts, new BigInt64Array(rows), ({ name }) => idsFile(name));
  const bad = firstBadId(ids);
  if (bad >= 0) throw broken(parts[0]?.from ?? folder, `the id of row ${bad} is ${ids[bad]}`);
  const read = columns.map(async (column, index) => {
    return [column.name, await readColumn(folder, manifest, column, index, rows)] as const;
  });
  const squares =
    metric === 'l2' ? await joined(folder, parts, new Float32Array(rows), ({ name }) => normsFile(name)) : undefined;
  const removed =
    manifest.removed === undefined ? undefined : await readNumbers(folder, manifest.removed, new Uint8Array(rows));
  return {
    rows,
    ids,
    index: new IdIndex(ids),
    columns: Object.fromEntries(await Promise.all(read)),
    squares,
    removed,
    live: rows - (removed?.reduce((sum, each) => sum + each, 0) ?? 0)
  };
}

async function readColumn(
  folder: string,
  { parts, categories }: Manifest,
  { name, kind }: ColumnSpec,
  index: number,
  rows: number
): Promise<Column> {
  const file = (part: PartSpec): string => columnFile(part.name, index);
  if (kind === 'number') return { kind, values: await joined(folder, parts, new Float64Array(rows), file) };
  if (kind === 'flag') return { kind, values: await joined(folder, parts, new Uint8Array(rows), file) };
  const codes = await joined(folder, parts, new Int32Array(rows), file);
  return { kind, codes, categories: Object.hasOwn(categories, name) ? (categories[name] ?? []) : [] };
}

async function joined<T extends Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array>(
  folder: string,
  parts: readonly PartSpec[],
  values: T,
  file: (part: PartSpec) => string
): Promise<T> {
  let first = 0;
  for (const part of parts) {
    await readNumbers(part.from ?? folder, file(part), values.subarray(first, first + part.rows));
    first += part.rows;
  }
  return values;
}
