/** The runtime: who is connected, which corpora there are, what they may take; everything else is handed to a corpus's process. */
import { rm } from 'node:fs/promises';
import { CorpusChild } from './corpus-child.js';
import { readManifest } from './corpus/manifest.js';
import { COMPUTE, type Compute, MAX_ROWS, readCreate } from './create-request.js';
import { adoptFolder, type DataFolders, isLeftover, isOurs, makeCorpusFolder } from './data-folder.js';
import {
  columnBytes,
  type CorpusSize,
  estimateMemory,
  type MemoryEstimate,
  mostResidentBytes
} from './estimate-memory.js';
import { readFolder } from './folder-path.js';
import { encodeFrame, type Frame } from './frame.js';
import { answerFrame, errorFrame, readMessage, type Request } from './message.js';
import { Metrics } from './metrics.js';
import { readWith } from './read-with.js';
import { invalid, isRuntimeError, RuntimeError, type RuntimeErrorCode } from './runtime-error.js';

export const PROTOCOL_VERSION = 1;

export interface RuntimeOptions {
  readonly folders: DataFolders;
  /** Program and arguments that start a process of ours, before its own arguments. */
  readonly command: readonly string[];
  readonly pid: number;
  readonly cores: number;
  readonly memoryBytes: number;
  /** What could be taken now. */
  readonly availableMemory: () => number;
  readonly now: () => number;
  readonly log: (text: string) => void;
}

/** Sends to one client. */
export type Send = (pieces: readonly Uint8Array[]) => void;

interface Held {
  readonly id: string;
  readonly folder: string;
  readonly child: CorpusChild;
  readonly owner: Client;
  readonly size: CorpusSize;
  /** Its owner has been told of it; until then nobody could end it. */
  isKnown: boolean;
  isSealed: boolean;
}

/** What is answered with what the corpus is then. */
const WITH_INFO = new Set(['corpus.info', 'corpus.seal', 'corpus.remove', 'corpus.compact']);
/** Of what is available, so much is left to others. */
const SPARED = 0.1;
/** A process that has not answered so long after the deadline hangs in native code. */
const HANGING_MS = 5000;

export class Client {
  /** The client's request → the runtime's own number of it. */
  readonly running = new Map<number, { inner: number; held: Held }>();
  isGone = false;
  constructor(readonly send: Send) {}
}

export class Runtime {
  readonly #held = new Map<string, Held>();
  readonly #releasing = new Set<Promise<void>>();
  readonly #metrics = new Metrics();
  #nextRequest = 1;
  #nextCorpus = 1;

  constructor(private readonly options: RuntimeOptions) {}

  async take(client: Client, frame: Frame): Promise<void> {
    const { id } = frame.header;
    let request: Request | undefined;
    try {
      const message = readMessage(frame);
      if ('cancel' in message) return this.#cancel(client, message.cancel);
      request = message;
      await this.#call(client, request, frame);
    } catch (error: unknown) {
      if (!isRuntimeError(error)) this.options.log(String((error as Error).stack));
      this.#metrics.failed(request?.method ?? 'none', error);
      client.send(errorFrame(Number.isSafeInteger(id) ? (id as number) : null, error));
    }
  }

  /** The client is gone: what it asked for is cancelled, and its corpora end. */
  async gone(client: Client): Promise<void> {
    client.isGone = true;
    for (const id of client.running.keys()) this.#cancel(client, id);
    for (const held of this.#held.values()) if (held.owner === client) await this.#release(held);
  }

  /** Ends all corpora, and waits until their files are gone. */
  async close(): Promise<void> {
    for (const held of this.#held.values()) void this.#release(held);
    await Promise.all(this.#releasing);
  }

  async #call(client: Client, request: Request, frame: Frame): Promise<void> {
    const { id, method, params } = request;
    const start = this.options.now();
    const answer = (result: object): void => {
      this.#metrics.answered(method, this.options.now() - start);
      client.send(answerFrame(id, { result }));
    };
    switch (method) {
      case 'hello':
        return answer(this.#hello(params));
      case 'metrics':
        return answer({
          text: this.#metrics.text([...this.#held.values()].map(held => ({ id: held.id, pid: held.child.pid })))
        });
      case 'corpus.create':
        return this.#create(client, request);
      case 'corpus.load':
        return this.#load(client, request);
      case 'corpus.close':
        await this.#release(this.#find(client, params));
        return answer({});
      default:
        return this.#forward(client, request, frame, this.#find(client, params));
    }
  }

  #hello({ version }: Request['params']): object {
    if (version !== PROTOCOL_VERSION) {
      throw new RuntimeError('unsupported-version', `version is ${JSON.stringify(version)}: want ${PROTOCOL_VERSION}`);
    }
    const { pid, cores, memoryBytes } = this.options;
    return { version: PROTOCOL_VERSION, pid, cores, memoryBytes };
  }

  async #create(client: Client, request: Request): Promise<void> {
    const create = readCreate(request.params);
    const size = { rows: create.rows, dimensions: create.dimensions, columnBytes: columnBytes(create.columns) };
    const estimate = this.#admit(size);
    const held = await this.#hold(client, size, estimate, true, create);
    const view = (result: object): object => ({ corpus: held.id, ...result, estimate });
    this.#ask(client, { ...request, params: { ...create } }, held, view);
  }

  /** A snapshot is mapped as it lies; what changes later is kept in a folder of the runtime's own. */
  async #load(client: Client, request: Request): Promise<void> {
    const folder = readFolder(request.params['folder']);
    const compute = readWith(COMPUTE, '', request.params);
    const { folders } = this.options;
    const isOrphan = isLeftover(folders, folder);
    const manifest = await readManifest(folder, await isOurs(folders, folder));
    const rows = manifest.parts.reduce((sum, part) => sum + part.rows, 0);
    const size = { rows, dimensions: manifest.dimensions, columnBytes: columnBytes(manifest.columns) };
    const held = await this.#hold(client, size, this.#admit(size), false, compute);
    await adoptFolder(folder, held.folder, manifest, isOrphan).catch(async (error: unknown) => {
      await this.#release(held);
      throw error;
    });
    const view = (result: object): object => ({ corpus: held.id, folder: held.folder, ...result });
    this.#ask(client, { ...request, method: 'corpus.info', params: {} }, held, view);
  }

  #admit(size: CorpusSize): MemoryEstimate {
    const estimate = estimateMemory(size);
    const available = Math.floor(this.options.availableMemory() * (1 - SPARED)) - this.#promised();
    if (estimate.memoryBytes <= available) return estimate;
    const [needed, there] = [estimate.memoryBytes, available].map(bytes => `${(bytes / 2 ** 30).toFixed(2)} GiB`);
    throw new RuntimeError(
      'memory-exceeded',
      `a corpus of ${size.rows} × ${size.dimensions} needs ${needed}: there are ${there}`,
      'rows'
    );
  }

  /** What corpora were promised that they have not taken yet: all of it before they are sealed, then their 8-bit copy. */
  #promised(): number {
    const promised = [...this.#held.values()].map(({ size, isSealed }) =>
      isSealed ? size.rows * size.dimensions : estimateMemory(size).memoryBytes
    );
    return promised.reduce((sum, bytes) => sum + bytes, 0);
  }

  async #hold(
    owner: Client,
    size: CorpusSize,
    estimate: MemoryEstimate,
    isNew: boolean,
    compute: Compute
  ): Promise<Held> {
    const { pid, folders, command, cores, log } = this.options;
    const number = this.#nextCorpus++;
    const folder = await makeCorpusFolder(folders, pid, number, estimate.fileBytes);
    const child = new CorpusChild(
      { command, folder, threads: cores, mostBytes: mostResidentBytes(size), compute, log },
      isNew
    );
    const held = { id: `c${number}`, folder, child, owner, size, isKnown: false, isSealed: !isNew };
    this.#held.set(held.id, held);
    return held;
  }

  #forward(client: Client, request: Request, frame: Frame, held: Held): void {
    if (request.method === 'corpus.append') this.#admitMore(request.params, held);
    const view = (result: object): object => (WITH_INFO.has(request.method) ? { corpus: held.id, ...result } : result);
    this.#ask(client, request, held, view, frame);
  }

  #admitMore({ rows }: Request['params'], { size }: Held): void {
    if (!Number.isSafeInteger(rows) || (rows as number) < 1) {
      throw invalid('rows', `rows is ${JSON.stringify(rows)}: want a positive integer`);
    }
    if (size.rows + (rows as number) > MAX_ROWS) throw invalid('rows', `rows would be more than ${MAX_ROWS} in all`);
    this.#admit({ ...size, rows: rows as number });
  }

  #ask(client: Client, request: Request, held: Held, view: (result: object) => object, frame?: Frame): void {
    // Gone while its corpus was made: nobody else would ever end it.
    if (client.isGone) return void this.#release(held);
    const inner = this.#nextRequest++;
    const start = this.options.now();
    const { id, method, params, deadlineMs } = request;
    const header = { id: inner, method, params, deadlineMs, arrays: frame?.header['arrays'] };
    const pieces = encodeFrame(header, frame === undefined ? [] : [frame.body]);
    client.running.set(id, { inner, held });
    let guard: NodeJS.Timeout | undefined;
    const end = (): void => {
      clearTimeout(guard);
      client.running.delete(id);
    };
    const fail = (error: unknown): void => {
      end();
      this.#failed(held, method, error);
      client.send(errorFrame(id, error));
    };
    if (deadlineMs !== undefined) {
      // It waits behind others, which must not suffer for it.
      guard = setTimeout(() => {
        this.#cancel(client, id);
        held.child.forget(inner);
        fail(new RuntimeError('deadline-exceeded', 'the deadline has passed before the corpus had time for it'));
      }, deadlineMs);
    }
    held.child.send(inner, {
      pieces,
      onStart: () => {
        if (deadlineMs === undefined) return;
        clearTimeout(guard);
        const leftMs = Math.max(0, deadlineMs - (this.options.now() - start));
        guard = setTimeout(() => held.child.kill(), leftMs + HANGING_MS);
      },
      onFrame: answer => {
        const { result, error } = answer.header;
        if (result === undefined && error !== undefined) return fail(errorOf(error));
        if (result === undefined) return client.send(encodeFrame({ ...answer.header, id }));
        const sent = answered(id, answer, view(result as object));
        if (sent === undefined) return fail(new RuntimeError('too-large', 'the answer is longer than a frame'));
        end();
        this.#metrics.answered(method, this.options.now() - start);
        held.isKnown = true;
        if (method === 'corpus.seal') {
          held.child.sealed();
          held.isSealed = true;
        }
        client.send(sent);
      },
      onEnd: fail
    });
  }

  #failed(held: Held, method: string, error: unknown): void {
    this.#metrics.failed(method, error);
    if (!held.isKnown) void this.#release(held);
  }

  #cancel(client: Client, id: number): void {
    const running = client.running.get(id);
    running?.held.child.cancel(encodeFrame({ cancel: running.inner }));
  }

  /** Corpora are their owner's: another client does not even hear that one is there. */
  #find(client: Client, { corpus }: Request['params']): Held {
    const held = typeof corpus === 'string' ? this.#held.get(corpus) : undefined;
    if (held?.owner !== client)
      throw new RuntimeError('not-found', `there is no corpus ${JSON.stringify(corpus)}`, 'corpus');
    return held;
  }

  #release(held: Held): Promise<void> {
    this.#held.delete(held.id);
    held.child.kill();
    const done = rm(held.folder, { recursive: true, force: true, maxRetries: 5 });
    this.#releasing.add(done);
    return done.finally(() => this.#releasing.delete(done));
  }
}

/** The frame for a client; undefined where it would be longer than one. */
function answered(id: number, answer: Frame, result: object): Uint8Array[] | undefined {
  try {
    return encodeFrame({ ...answer.header, result, id }, [answer.body]);
  } catch (error: unknown) {
    if (isRuntimeError(error)) return undefined;
    throw error;
  }
}

/** An error that a process of ours has sent. */
function errorOf(sent: unknown): RuntimeError {
  const { code, message, field } = sent as { code: RuntimeErrorCode; message: string; field?: string };
  return new RuntimeError(code, message, field);
}
