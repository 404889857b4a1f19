/** What a corpus's folder says of itself, in `manifest.json`: replaced in one step, so a killed runtime leaves the old or the new one. */
import { constants } from 'node:fs';
import { lstat, open, rename, rm } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { z } from 'zod';
import type { ColumnKind } from '../../kernels/index.js';
import { type COLUMN, COLUMNS, MAX_DIMENSIONS, MAX_ROWS, METRIC } from '../create-request.js';
import { readWith } from '../read-with.js';
import { RuntimeError } from '../runtime-error.js';

export const MANIFEST_VERSION = 1;
/** It is read whole. */
const MAX_MANIFEST_BYTES = 2 ** 26;

/** A folder may come from anybody: names in it become names of files, numbers become sizes. */
const PART = z.strictObject({
  /** Its files begin with it. */
  name: z.string().regex(/^p\d{1,9}$/),
  rows: z.int().min(1).max(MAX_ROWS),
  /** The largest Euclidean norm of its items. */
  maxNorm: z.number().min(0),
  /** The folder of its files where they belong to a snapshot, which is mapped as it lies; never in a snapshot itself. */
  from: z.string().refine(isAbsolute).optional()
});

const MANIFEST = z.strictObject({
  version: z.literal(MANIFEST_VERSION),
  name: z.string(),
  metric: METRIC,
  dimensions: z.int().min(1).max(MAX_DIMENSIONS),
  /** Whether ids were given; if not, they are the number of the row. */
  hasIds: z.boolean(),
  columns: COLUMNS,
  /** The texts of each category column; codes index them. */
  categories: z.record(z.string(), z.array(z.string())),
  parts: z
    .array(PART)
    .min(1)
    .refine(parts => new Set(parts.map(({ name }) => name)).size === parts.length, 'want each name of a part once'),
  /** The file u8[rows] with 1 where a row was removed; absent when none was. */
  removed: z
    .string()
    .regex(/^removed-\d{1,9}\.u8$/)
    .optional(),
  /** Where numbering of ids goes on when nobody gives any. */
  nextId: z.int().min(0)
});

export type PartSpec = Readonly<z.infer<typeof PART>>;
export type ColumnSpec = Readonly<z.infer<typeof COLUMN>>;
export type Manifest = Readonly<z.infer<typeof MANIFEST>>;

const VALUE_BYTES: Readonly<Record<ColumnKind, number>> = { number: 8, category: 4, flag: 1 };

export const itemsFile = (part: string): string => `${part}.items.f32`;
export const idsFile = (part: string): string => `${part}.ids.i64`;
export const normsFile = (part: string): string => `${part}.norms.f32`;
export const columnFile = (part: string, index: number): string => `${part}.column-${index}`;

/** Every file that a part has to have, and how long it has to be. */
export function partFiles(
  { metric, dimensions, columns }: Pick<Manifest, 'metric' | 'dimensions' | 'columns'>,
  part: Pick<PartSpec, 'name' | 'rows'>
): { file: string; bytes: number }[] {
  return [
    { file: itemsFile(part.name), bytes: part.rows * dimensions * 4 },
    { file: idsFile(part.name), bytes: part.rows * 8 },
    ...(metric === 'l2' ? [{ file: normsFile(part.name), bytes: part.rows * 4 }] : []),
    ...columns.map(({ kind }, index) => ({
      file: columnFile(part.name, index),
      bytes: part.rows * VALUE_BYTES[kind]
    }))
  ];
}

/** @throws RuntimeError `not-found`, `unsupported-version`, or `invalid-input` naming what is wrong in the folder. */
export async function readManifest(folder: string, mayPointElsewhere = false): Promise<Manifest> {
  const manifest = parseManifest(await readText(folder), folder);
  for (const part of manifest.parts) {
    if (part.from !== undefined && !mayPointElsewhere) throw broken(folder, `part ${part.name} lies somewhere else`);
    await requirePart(part.from ?? folder, manifest, part);
  }
  const rows = manifest.parts.reduce((sum, part) => sum + part.rows, 0);
  if (manifest.removed !== undefined) await requireFile(folder, manifest.removed, rows);
  return manifest;
}

/** @throws RuntimeError `invalid-input` where a file of the part is missing or not as long as it has to be */
export async function requirePart(folder: string, manifest: Manifest, part: PartSpec): Promise<void> {
  for (const { file, bytes } of partFiles(manifest, part)) await requireFile(folder, file, bytes);
}

/** Where it throws, the old one is there. @throws RuntimeError `too-large` where nobody could read it */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const bytes = Buffer.from(JSON.stringify(manifest));
  if (bytes.length > MAX_MANIFEST_BYTES) {
    throw new RuntimeError('too-large', 'the texts of all categories would take more than 64 MiB', 'categories');
  }
  const temporary = join(folder, 'manifest.json.part');
  try {
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, join(folder, 'manifest.json'));
  } catch (error: unknown) {
    await rm(temporary, { force: true }).catch(() => undefined); // the first error tells more
    throw error;
  }
}

/** Of a file and nothing else: a pipe would never end, a link may lead anywhere. */
async function readText(folder: string): Promise<string> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(join(folder, 'manifest.json'), flags).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ELOOP') throw broken(folder, 'manifest.json is a link');
    throw new RuntimeError('not-found', `${folder} holds no corpus: manifest.json cannot be read (${error.code})`);
  });
  try {
    const found = await file.stat();
    if (!found.isFile()) throw broken(folder, 'manifest.json is no file');
    if (found.size > MAX_MANIFEST_BYTES)
      throw broken(folder, `manifest.json has ${found.size} bytes: want at most 64 MiB`);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

function parseManifest(text: string, folder: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw broken(folder, 'manifest.json is no JSON');
  }
  const { version } = (value ?? {}) as { version?: unknown };
  if (version !== MANIFEST_VERSION) {
    throw new RuntimeError(
      'unsupported-version',
      `${folder} is of version ${JSON.stringify(version)}: want ${MANIFEST_VERSION}`
    );
  }
  return readWith(MANIFEST, `${folder}: manifest.json`, value);
}

async function requireFile(folder: string, file: string, bytes: number): Promise<void> {
  const found = await lstat(join(folder, file)).catch(() => undefined);
  if (found === undefined || !found.isFile()) throw broken(folder, `${file} is missing`);
  if (found.size !== bytes) {
    throw broken(folder, `${file} has ${found.size} bytes: want ${bytes}`);
  }
}

export function broken(folder: string, what: string): RuntimeError {
  return new RuntimeError('invalid-input', `${folder} holds no whole corpus: ${what}`);
}
