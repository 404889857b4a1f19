/** A client of the runtime for tests: frames and arrays of our own, no more cleverness than that. */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { type Arrays, type ArrayView, packArrays, readArrays, type TypedArray } from '../arrays.js';
import { encodeFrame, type Frame, FrameReader } from '../frame.js';

export interface Answered {
  readonly result: Readonly<Record<string, unknown>>;
  readonly arrays: Arrays;
}

/** What the runtime refuses, as it says it. */
export class Refused extends Error {
  override readonly name = 'Refused';
  constructor(
    readonly code: string,
    message: string,
    readonly field: string | undefined
  ) {
    super(message);
  }
}

export interface CallOptions {
  readonly arrays?: Arrays;
  readonly deadlineMs?: number;
}

type Params = Readonly<Record<string, unknown>>;

export class RuntimeClient {
  #nextId = 1;
  readonly #waiting = new Map<number | null, { resolve: (answer: Answered) => void; reject: (error: Error) => void }>();
  /** Frames that answer nothing that was asked, such as those about a connection that is not understood. */
  readonly unasked: Frame[] = [];
  /** What was said of requests on their way, in the order in which it came. */
  readonly progress: { readonly id: unknown; readonly progress: Readonly<Record<string, unknown>> }[] = [];
  /** When the connection has ended, by either side. */
  readonly ended: Promise<void>;

  private constructor(readonly socket: Socket) {
    const reader = new FrameReader();
    socket.on('data', (piece: Buffer) => reader.push(piece).forEach(frame => this.#take(frame)));
    socket.on('error', () => undefined); // 'close' tells
    this.ended = new Promise(resolve => {
      socket.once('close', () => {
        for (const { reject } of this.#waiting.values()) reject(new Error('the connection has ended'));
        resolve();
      });
    });
  }

  static async connect(path: string): Promise<RuntimeClient> {
    const socket = connect(path);
    await once(socket, 'connect');
    return new RuntimeClient(socket);
  }

  /** @throws Refused */
  call(method: string, params: Params = {}, options: CallOptions = {}): Promise<Answered> {
    return this.begin(method, params, options).answer;
  }

  /** The same, with the number that it can be cancelled by. */
  begin(method: string, params: Params = {}, options: CallOptions = {}): { id: number; answer: Promise<Answered> } {
    const id = this.#nextId++;
    const { arrays, body } = packArrays(options.arrays ?? {});
    const { deadlineMs } = options;
    this.send(encodeFrame({ id, method, params, arrays, ...(deadlineMs === undefined ? {} : { deadlineMs }) }, body));
    const answer = new Promise<Answered>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      if (this.socket.destroyed) reject(new Error('the connection has ended'));
    });
    answer.catch(() => undefined); // whoever awaits it hears of it
    return { id, answer };
  }

  cancel(id: number): void {
    this.send(encodeFrame({ cancel: id }));
  }

  stop(id: number): void {
    this.send(encodeFrame({ stop: id }));
  }

  send(pieces: readonly Uint8Array[]): void {
    for (const piece of pieces) this.socket.write(piece);
  }

  /** Ends the connection at once. */
  close(): void {
    this.socket.destroy();
  }

  #take(frame: Frame): void {
    const { id, result, error, progress } = frame.header;
    if (progress !== undefined) return void this.progress.push({ id, progress: progress as Params });
    const waiting = this.#waiting.get(id as number | null);
    if (waiting === undefined) return void this.unasked.push(frame);
    this.#waiting.delete(id as number | null);
    if (result !== undefined) {
      waiting.resolve({ result: result as Params, arrays: readArrays(frame.header['arrays'], frame.body) });
      return;
    }
    const { code, message, field } = error as { code: string; message: string; field?: string };
    waiting.reject(new Refused(code, message, field));
  }
}

export interface Column {
  readonly name: string;
  readonly kind: 'number' | 'category' | 'flag';
  readonly values: Float64Array | Int32Array | Uint8Array;
  readonly texts?: readonly string[];
}

export interface Rows {
  readonly items: Float32Array;
  readonly dimensions: number;
  readonly ids?: BigInt64Array;
  readonly columns?: readonly Column[];
}

/** Makes a corpus and fills it. @returns its name */
export async function makeCorpus(
  client: RuntimeClient,
  rows: Rows & { metric?: string; name?: string }
): Promise<string> {
  const { items, dimensions, ids, columns = [], metric = 'ip', name = '' } = rows;
  const { result } = await client.call('corpus.create', {
    rows: items.length / dimensions,
    dimensions,
    metric,
    name,
    hasIds: ids !== undefined,
    columns: columns.map(({ name: column, kind }) => ({ name: column, kind }))
  });
  await fill(client, result, rows);
  return result['corpus'] as string;
}

/** Adds rows to a corpus. @returns its info */
export async function append(client: RuntimeClient, corpus: string, rows: Rows): Promise<Params> {
  const { result } = await client.call('corpus.append', { corpus, rows: rows.items.length / rows.dimensions });
  return fill(client, { ...result, corpus }, rows);
}

/** Fills the files of a part that was made, and seals it. */
export async function fill(client: RuntimeClient, made: Params, { items, ids, columns = [] }: Rows): Promise<Params> {
  const files = made['files'] as { items: string; ids?: string; columns: Record<string, string> };
  await writeFile(files.items, items, { flag: 'r+' });
  if (ids !== undefined && files.ids !== undefined) await writeFile(files.ids, ids, { flag: 'r+' });
  for (const { name, values } of columns) await writeFile(files.columns[name] ?? '', values, { flag: 'r+' });
  const texts = columns.flatMap(({ name, texts }) => (texts === undefined ? [] : [[name, texts] as const]));
  const { corpus, part } = made;
  return (await client.call('corpus.seal', { corpus, part, categories: Object.fromEntries(texts) })).result;
}

export interface Found {
  /** For each query, without what is filled up with. */
  readonly ids: readonly (readonly number[])[];
  readonly scores: readonly (readonly number[])[];
  readonly certificate: readonly number[];
}

/** Searches, with arrays by name; those of one dimension need no shape. */
export async function search(
  client: RuntimeClient,
  params: Params & { k: number },
  arrays: Readonly<Record<string, TypedArray | readonly [TypedArray, ...number[]]>>,
  options: Omit<CallOptions, 'arrays'> = {}
): Promise<Found> {
  const answer = await client.call('corpus.search', params, { ...options, arrays: views(arrays) });
  return foundIn(answer, params.k);
}

export function views(arrays: Readonly<Record<string, TypedArray | readonly [TypedArray, ...number[]]>>): Arrays {
  const views: Record<string, ArrayView> = {};
  for (const [name, given] of Object.entries(arrays)) {
    const [values, ...shape] = 'buffer' in given ? [given] : given;
    views[name] = { shape: shape.length === 0 ? [values.length] : shape, values };
  }
  return views;
}

export function foundIn({ arrays }: Answered, k: number): Found {
  const ids = [...(arrays['ids']?.values as BigInt64Array)].map(Number);
  const scores = [...(arrays['scores']?.values as Float32Array)];
  const certificate = [...(arrays['certificate']?.values as Uint8Array)];
  const counts = certificate.map((_, query) => ids.slice(query * k, (query + 1) * k).filter(id => id >= 0).length);
  const of = <T>(values: readonly T[]): T[][] =>
    counts.map((count, query) => values.slice(query * k, query * k + count));
  return { ids: of(ids), scores: of(scores), certificate };
}
