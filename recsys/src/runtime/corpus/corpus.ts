/** A corpus in its process: its folder, its parts, and everything that can be asked of or done to it, one request at a time. */
import { cp, link, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DEVICE_LIMITS } from '../../graphs/index.js';
import type { Control } from '../control.js';
import { invalid, RuntimeError } from '../runtime-error.js';
import { checkSnapshot } from './check-part.js';
import { compactPart } from './compact-part.js';
import type { Device } from './create-session.js';
import { type Manifest, partFiles, readManifest, requirePart, writeManifest } from './manifest.js';
import { Part } from './part.js';
import { Ranker } from './ranker.js';
import { readRowData, type RowData } from './row-data.js';
import { ScopeCache } from './scope.js';
import { sealItems } from './seal-items.js';
import { sealColumns, sealIds } from './seal-part.js';
import { writeNumbers } from '../whole-file.js';

export interface CorpusInfo {
  readonly name: string;
  readonly rows: number;
  readonly live: number;
  readonly dimensions: number;
  readonly metric: string;
  readonly columns: Manifest['columns'];
  readonly parts: number;
  readonly device: Device;
  readonly bytes: number;
  /** Whether the 8-bit copy is there. */
  readonly quantised: boolean;
}

/** What scans: so many threads, and with a GPU that. */
export interface Scanner {
  readonly threads: number;
  readonly device: Device;
}

/** Corpora with fewer numbers are scanned as quickly without an 8-bit copy. */
const WORTH_QUANTISING = 2 ** 21;

export class Corpus {
  readonly ranker: Ranker;
  readonly scopes = new ScopeCache();

  private constructor(
    readonly folder: string,
    readonly manifest: Manifest,
    readonly data: RowData,
    private readonly scanner: Scanner,
    readonly parts: readonly Part[] = partsOf(folder, manifest, scanner)
  ) {
    const { metric, dimensions } = manifest;
    this.ranker = new Ranker({ metric, dimensions, parts, now: () => performance.now() });
  }

  /** Opens what lies in the runtime's own folder. */
  static async open(folder: string, scanner: Scanner): Promise<Corpus> {
    const manifest = await readManifest(folder, true);
    const data = await readRowData(folder, manifest);
    await checkSnapshot(manifest, data);
    return new Corpus(folder, manifest, data, scanner);
  }

  /**
   * The first part of a new corpus, or one more: the corpus that has it too. Where it throws, the corpus is as it was, in the folder too:
   * nothing there needs the files of the new part.
   */
  static async seal(
    folder: string,
    before: Corpus | undefined,
    draft: Manifest,
    part: { name: string; rows: number; categories: Readonly<Record<string, readonly string[]>> },
    scanner: Scanner,
    control: Control
  ): Promise<Corpus> {
    const filled = { folder, ...part };
    const categories = await sealColumns(filled, draft);
    const nextId = await sealIds(filled, draft, before?.data.ids ?? new BigInt64Array(0));
    const unsealed = { ...filled, dimensions: draft.dimensions, metric: draft.metric };
    const maxNorm = await sealItems(unsealed, () => control.pause());
    const parts = [...draft.parts, { name: part.name, rows: part.rows, maxNorm }];
    const removed = await grownRemoved(folder, draft, before, part.rows);
    const manifest = { ...draft, categories, nextId, parts, ...removed };
    const data = await readRowData(folder, manifest);
    // What is loaded of the parts before stays.
    const known = before?.parts ?? [];
    const sealed = new Corpus(folder, manifest, data, scanner, [
      ...known,
      ...partsOf(folder, manifest, scanner).slice(known.length)
    ]);
    await writeManifest(folder, manifest);
    await clear(folder, [draft.removed]);
    return sealed;
  }

  get info(): CorpusInfo {
    const { name, dimensions, metric, columns, parts } = this.manifest;
    const { rows, live } = this.data;
    const bytes = rows * dimensions * 4;
    const quantised = this.parts.every(part => part.quantised.isReady);
    return {
      name,
      rows,
      live,
      dimensions,
      metric,
      columns,
      parts: parts.length,
      device: this.scanner.device,
      bytes,
      quantised
    };
  }

  /** Makes the 8-bit copy of one more tile; false when there is nothing to do. */
  async quantiseSome(pause: () => Promise<void>): Promise<boolean> {
    const next = this.parts.find(part => !part.quantised.isReady);
    if (
      next === undefined ||
      this.scanner.device !== 'cpu' ||
      this.data.rows * this.manifest.dimensions < WORTH_QUANTISING
    )
      return false;
    await next.quantised.advance(pause);
    return true;
  }

  /** Removes rows by id; ids that are not there are no error. The corpus as it is then. */
  async remove(ids: BigInt64Array): Promise<Corpus> {
    const removed = this.data.removed?.slice() ?? new Uint8Array(this.data.rows);
    for (const row of this.data.index.rowsOf(ids)) if (row >= 0) removed[row] = 1;
    if (removed.every(each => each === 1)) {
      throw invalid('ids', 'no row would be left: want a corpus of at least one row');
    }
    const file = nextRemoved(this.manifest);
    await writeNumbers(this.folder, file, removed);
    await writeManifest(this.folder, { ...this.manifest, removed: file });
    await clear(this.folder, [this.manifest.removed]);
    // The parts and what is loaded of them stay.
    const live = this.data.rows - removed.reduce((sum, each) => sum + each, 0);
    const manifest = { ...this.manifest, removed: file };
    return new Corpus(this.folder, manifest, { ...this.data, removed, live }, this.scanner, this.parts);
  }

  /** One part of that name without the removed rows. Where it throws, the corpus is as it was, in the folder too. */
  async compact(name: string, control: Control): Promise<Corpus> {
    const packed = await this.#packed(name, control);
    // The folder is that of the packed corpus now: whatever cannot be cleared away is no reason to go on with this one.
    await this.release().catch(console.error);
    const old = this.manifest.parts.filter(part => part.from === undefined);
    await clear(this.folder, [...old.flatMap(part => filesOf(this.manifest, part)), this.manifest.removed]);
    return packed;
  }

  async #packed(name: string, control: Control): Promise<Corpus> {
    const { folder, scanner } = this;
    const { removed: _file, ...others } = this.manifest;
    const maxNorm = Math.max(...this.manifest.parts.map(part => part.maxNorm));
    const part = { name, rows: this.data.live, maxNorm };
    const manifest = { ...others, parts: [part] };
    try {
      const removed = this.data.removed ?? new Uint8Array(this.data.rows);
      await compactPart(folder, this.manifest, name, removed, () => control.pause());
      await requirePart(folder, manifest, part);
      const packed = new Corpus(folder, manifest, await readRowData(folder, manifest), scanner);
      await writeManifest(folder, manifest);
      return packed;
    } catch (error: unknown) {
      await clear(folder, filesOf(manifest, part));
      throw error;
    }
  }

  /** Writes a snapshot that `Corpus.open` can read; the folder appears whole or not at all. @returns its bytes */
  async save(folder: string, control: Control): Promise<number> {
    await requireVacant(folder);
    const temporary = join(dirname(folder), `.${process.pid}-${Date.now()}.berth-recsys.part`);
    await mkdir(temporary, { mode: 0o700, recursive: true });
    let bytes = 0;
    try {
      for (const part of this.manifest.parts) {
        for (const each of partFiles(this.manifest, part)) {
          await control.pause();
          await copyFile(join(part.from ?? this.folder, each.file), join(temporary, each.file));
          bytes += each.bytes;
        }
      }
      const { removed } = this.manifest;
      if (removed !== undefined) await copyFile(join(this.folder, removed), join(temporary, removed));
      const parts = this.manifest.parts.map(({ name, rows, maxNorm }) => ({ name, rows, maxNorm }));
      await writeManifest(temporary, { ...this.manifest, parts });
      await rename(temporary, folder);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
    return bytes;
  }

  async release(): Promise<void> {
    for (const part of this.parts) await part.release();
  }
}

function filesOf(manifest: Manifest, part: Manifest['parts'][number]): string[] {
  return partFiles(manifest, part).map(({ file }) => file);
}

/** Removes files that nothing needs any more; where one cannot be removed, it takes room and does no harm. */
async function clear(folder: string, files: readonly (string | undefined)[]): Promise<void> {
  for (const file of files) {
    if (file !== undefined) await rm(join(folder, file), { force: true }).catch(console.error);
  }
}

function partsOf(folder: string, manifest: Manifest, { threads, device }: Scanner): Part[] {
  let firstRow = 0;
  return manifest.parts.map(spec => {
    const part = new Part(spec, firstRow, manifest.dimensions, {
      folder: spec.from ?? folder,
      scratch: folder,
      threads,
      ...(device === 'cpu' ? {} : { deviceScans: { provider: device, limits: DEVICE_LIMITS } })
    });
    firstRow += spec.rows;
    return part;
  });
}

/** @throws RuntimeError `conflict` where there is something that a snapshot would replace or be mixed with */
async function requireVacant(folder: string): Promise<void> {
  const found = await lstat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
  if (found === undefined || (found.isDirectory() && (await readdir(folder)).length === 0)) return;
  throw new RuntimeError('conflict', `${folder} is there already: want a folder that is new or empty`, 'folder');
}

/** Rows that are new were not removed. */
async function grownRemoved(
  folder: string,
  manifest: Manifest,
  before: Corpus | undefined,
  rows: number
): Promise<{ removed?: string }> {
  const removed = before?.data.removed;
  if (removed === undefined) return {};
  const grown = new Uint8Array(removed.length + rows);
  grown.set(removed);
  const file = nextRemoved(manifest);
  await writeNumbers(folder, file, grown);
  return { removed: file };
}

export function nextPart({ parts }: Pick<Manifest, 'parts'>): string {
  return `p${Math.max(-1, ...parts.map(({ name }) => Number(name.slice(1)))) + 1}`;
}

function nextRemoved({ removed }: Manifest): string {
  return `removed-${removed === undefined ? 0 : Number(/\d+/.exec(removed)?.[0]) + 1}.u8`;
}

/** Where both are on one disk they share the bytes: sealed files are never written again. */
async function copyFile(from: string, to: string): Promise<void> {
  const isLinked = await link(from, to).then(
    () => true,
    () => false
  );
  if (!isLinked) await cp(from, to);
  const file = await open(to, 'r');
  await file.sync();
  await file.close();
}
