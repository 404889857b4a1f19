/** What can be asked of one corpus, by name of method; requests come one after the other. */
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { QUANTISED_QUERIES } from '../../kernels/index.js';
import type { Arrays } from '../arrays.js';
import type { Control } from '../control.js';
import type { Answer } from '../message.js';
import type { Compute, CreateParams } from '../create-request.js';
import { type CorpusSize, columnBytes } from '../estimate-memory.js';
import { readFolder } from '../folder-path.js';
import { readWith } from '../read-with.js';
import { invalid, isRuntimeError, RuntimeError } from '../runtime-error.js';
import { Corpus, nextPart, type Scanner } from './corpus.js';
import type { Device } from './create-session.js';
import { findDevice } from './find-device.js';
import { columnFile, idsFile, itemsFile, type Manifest, MANIFEST_VERSION, normsFile, partFiles } from './manifest.js';
import { CERTIFICATES } from './ranker.js';
import { search } from './search.js';
import { readSearch } from './search-request.js';

type Params = Readonly<Record<string, unknown>>;

export interface CorpusServiceOptions {
  readonly folder: string;
  readonly threads: number;
  readonly now: () => number;
}

/** A corpus may be saved without what scans it; it says so before anything is asked of it. */
const NEED_DEVICE = new Set(['corpus.create', 'corpus.info', 'corpus.search']);

const CATEGORIES = z.record(z.string(), z.array(z.string()));

export class CorpusService {
  #corpus: Corpus | undefined;
  #draft: Manifest | undefined;
  readonly #unsealed = new Map<string, number>();
  #wantsQuantised = false;
  #scanner: Scanner;
  #refusal: Error | undefined;

  constructor(private readonly options: CorpusServiceOptions) {
    this.#scanner = { threads: options.threads, device: 'cpu' };
  }

  /** Finds the device; where the corpus was there before, reads what lies in the folder, with a device or without. */
  async open(isNew: boolean, wanted: Compute['device']): Promise<void> {
    const { folder, threads } = this.options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const device = await findDevice(wanted, folder).catch((error: unknown): Device => {
      this.#refusal = error as Error;
      return 'cpu';
    });
    this.#scanner = { threads, device };
    if (!isNew) this.#corpus = await Corpus.open(folder, this.#scanner);
  }

  /** A device is wanted that is not there, or not any more: only a new process may find it. */
  get hasLostDevice(): boolean {
    return this.#refusal !== undefined;
  }

  get device(): Device {
    return this.#scanner.device;
  }

  /** How large the corpus is by now; undefined before its first part is sealed. */
  get size(): CorpusSize | undefined {
    if (this.#corpus === undefined) return undefined;
    const { data, manifest } = this.#corpus;
    return { rows: data.rows, dimensions: manifest.dimensions, columnBytes: columnBytes(manifest.columns) };
  }

  /** @throws RuntimeError: `invalid-input` where what was wanted to scan is not there; the corpus can still be saved */
  async call(method: string, params: Params, arrays: Arrays, control: Control): Promise<Answer> {
    if (this.#refusal !== undefined && NEED_DEVICE.has(method)) throw this.#refusal;
    try {
      return await this.#call(method, params, arrays, control);
    } catch (error: unknown) {
      if (isRuntimeError(error) && error.code === 'runtime-crashed') this.#refusal = error;
      throw error;
    }
  }

  async #call(method: string, params: Params, arrays: Arrays, control: Control): Promise<Answer> {
    switch (method) {
      case 'corpus.create':
        return { result: await this.#create(params as unknown as CreateParams) };
      case 'corpus.append':
        return { result: await this.#append(params['rows']) };
      case 'corpus.seal':
        return { result: await this.#seal(params, arrays, control) };
      case 'corpus.discard':
        await this.#discard(params['part']);
        return { result: {} };
      case 'corpus.search':
        return this.#search(params, arrays, control);
      case 'corpus.info':
        return { result: this.#sealed().info };
      default:
        return { result: await this.#change(method, params, arrays, control) };
    }
  }

  /** Something that is worth doing while nobody asks for anything; false when there is nothing. */
  async doSome(pause: () => Promise<void>): Promise<boolean> {
    if (!this.#wantsQuantised || this.#corpus === undefined) return false;
    return this.#corpus.quantiseSome(pause);
  }

  async #change(method: string, params: Params, arrays: Arrays, control: Control): Promise<object> {
    const corpus = this.#sealed();
    if (method === 'corpus.save') return { bytes: await corpus.save(readFolder(params['folder']), control) };
    if (method === 'corpus.remove') {
      const { ids } = arrays;
      if (ids?.values.constructor.name !== 'BigInt64Array')
        throw invalid('ids', 'the array ids is missing: want int64');
      this.#corpus = await corpus.remove(ids.values as BigInt64Array);
    } else if (method === 'corpus.compact') {
      this.#corpus = await corpus.compact(this.#freePart(corpus.manifest), control);
    } else {
      throw new RuntimeError('not-found', `there is no method ${method}`);
    }
    return this.#corpus.info;
  }

  async #create({ rows, dimensions, metric, name, hasIds, columns }: CreateParams): Promise<object> {
    const draft = { name, metric, dimensions, hasIds, columns, categories: {}, parts: [], nextId: 0 };
    this.#draft = { version: MANIFEST_VERSION, ...draft };
    return this.#makeFiles(this.#draft, 'p0', rows);
  }

  async #append(rows: unknown): Promise<object> {
    if (!Number.isSafeInteger(rows) || (rows as number) < 1) {
      throw invalid('rows', `rows is ${JSON.stringify(rows)}: want a positive integer`);
    }
    const { manifest } = this.#sealed();
    return this.#makeFiles(manifest, this.#freePart(manifest), rows as number);
  }

  /** A name that no part has, nor one that is still being filled. */
  #freePart({ parts }: Manifest): string {
    const taken = [...this.#unsealed.keys()].map(name => ({ name, rows: 1, maxNorm: 0 }));
    return nextPart({ parts: [...parts, ...taken] });
  }

  /** Files of the right sizes for the client to fill: those of what it brings. */
  async #makeFiles(manifest: Manifest, part: string, rows: number): Promise<object> {
    const ours = new Set([normsFile(part), ...(manifest.hasIds ? [] : [idsFile(part)])]);
    const wanted = partFiles(manifest, { name: part, rows }).filter(({ file }) => !ours.has(file));
    for (const { file, bytes } of wanted) {
      const handle = await open(join(this.options.folder, file), 'w', 0o600);
      await handle.truncate(bytes);
      await handle.close();
    }
    this.#unsealed.set(part, rows);
    const at = (file: string): string => join(this.options.folder, file);
    const columns = manifest.columns.map(({ name }, index) => [name, at(columnFile(part, index))] as const);
    const ids = manifest.hasIds ? { ids: at(idsFile(part)) } : {};
    return { part, files: { items: at(itemsFile(part)), ...ids, columns: Object.fromEntries(columns) } };
  }

  /** Whether a part is being filled, of which only this process knows. */
  get isFilling(): boolean {
    return this.#unsealed.size > 0;
  }

  /** Drops a part that will not be sealed; one that is not there is dropped already. */
  async #discard(part: unknown): Promise<void> {
    const rows = typeof part === 'string' ? this.#unsealed.get(part) : undefined;
    const manifest = this.#corpus?.manifest ?? this.#draft;
    if (typeof part !== 'string' || rows === undefined || manifest === undefined) return;
    this.#unsealed.delete(part);
    for (const { file } of partFiles(manifest, { name: part, rows })) {
      await rm(join(this.options.folder, file), { force: true });
    }
  }

  async #seal({ part, categories }: Params, arrays: Arrays, control: Control): Promise<object> {
    const rows = typeof part === 'string' ? this.#unsealed.get(part) : undefined;
    const draft = this.#corpus?.manifest ?? this.#draft;
    if (typeof part !== 'string' || rows === undefined || draft === undefined) {
      throw new RuntimeError('not-found', `there is no part ${JSON.stringify(part)} to be sealed`, 'part');
    }
    const { folder } = this.options;
    const filled = { name: part, rows, categories: readCategories(categories, arrays) };
    try {
      this.#corpus = await Corpus.seal(folder, this.#corpus, draft, filled, this.#scanner, control);
    } catch (error: unknown) {
      await this.#discard(part); // what was filled in may be half rewritten: it has to be given again
      throw error;
    }
    this.#unsealed.delete(part);
    return this.#corpus.info;
  }

  async #search(params: Params, arrays: Arrays, control: Control): Promise<Answer> {
    const start = this.options.now();
    const corpus = this.#sealed();
    const { dimensions, metric } = corpus.manifest;
    const request = readSearch(params, arrays, { data: corpus.data, dimensions, isCosine: metric === 'cosine' });
    if (request.queries * request.vectorsPerQuery <= QUANTISED_QUERIES) this.#wantsQuantised = true;
    const { ids, scores, certificate } = await search(corpus, request, control);
    const shape = [request.queries, request.k];
    return {
      result: { totalMs: this.options.now() - start, scanMs: corpus.ranker.takeScanMs(), certificates: CERTIFICATES },
      arrays: {
        ids: { shape, values: ids },
        scores: { shape, values: scores },
        certificate: { shape: [request.queries], values: certificate }
      }
    };
  }

  #sealed(): Corpus {
    if (this.#corpus === undefined)
      throw new RuntimeError('conflict', 'the corpus has no rows yet: seal its first part');
    return this.#corpus;
  }
}

/** Texts of categories in the header, or, where they are many, as JSON in an array. */
function readCategories(inHeader: unknown, arrays: Arrays): Readonly<Record<string, readonly string[]>> {
  const values = arrays['categories']?.values;
  if (values === undefined) return readWith(CATEGORIES, 'categories', inHeader ?? {});
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('utf8'));
  } catch {
    throw invalid('categories', 'the array categories is no JSON');
  }
  return readWith(CATEGORIES, 'categories', parsed);
}
