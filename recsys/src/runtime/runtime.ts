/** The runtime: who is connected, what is held for whom; everything else is handed to the process of a corpus or a budget. */
import { readCreateBudget } from './budget/create-budget.js';
import { estimateBudget } from './budget/estimate-budget.js';
import type { Client } from './client.js';
import { readManifest } from './corpus/manifest.js';
import { COMPUTE, type Compute, MAX_ROWS, readCreate } from './create-request.js';
import { adoptFolder, isLeftover, isOurs } from './data-folder.js';
import {
  columnBytes,
  type CorpusSize,
  estimateMemory,
  type MemoryEstimate,
  mostResidentBytes
} from './estimate-memory.js';
import { readFolder } from './folder-path.js';
import { encodeFrame, type Frame } from './frame.js';
import { type Held, Holdings, type HoldingsOptions } from './holdings.js';
import { answerFrame, errorFrame, readMessage, type Request, type Word } from './message.js';
import { Metrics } from './metrics.js';
import { readWith } from './read-with.js';
import { invalid, isRuntimeError, RuntimeError, type RuntimeErrorCode } from './runtime-error.js';

export const PROTOCOL_VERSION = 1;

export interface RuntimeOptions extends HoldingsOptions {
  readonly cores: number;
  readonly memoryBytes: number;
  /** So much of a budget's data is kept in memory at most, and read from the disk beyond it. */
  readonly mostTileBytes: number;
  readonly now: () => number;
}

/** What is answered with what the corpus is then. */
const WITH_INFO = new Set(['corpus.info', 'corpus.seal', 'corpus.remove', 'corpus.compact']);
/** A process that has not answered so long after the deadline hangs in native code. */
const HANGING_MS = 5000;

export class Runtime {
  readonly #holdings: Holdings;
  readonly #metrics = new Metrics();
  #nextRequest = 1;

  constructor(private readonly options: RuntimeOptions) {
    this.#holdings = new Holdings(options);
  }

  async take(client: Client, frame: Frame): Promise<void> {
    const { id } = frame.header;
    let request: Request | undefined;
    try {
      const message = readMessage(frame);
      if ('word' in message) return this.#tell(client, message);
      request = message;
      await this.#call(client, request, frame);
    } catch (error: unknown) {
      if (!isRuntimeError(error)) this.options.log(String((error as Error).stack));
      this.#metrics.failed(request?.method ?? 'none', error);
      client.send(errorFrame(Number.isSafeInteger(id) ? (id as number) : null, error));
    }
  }

  /** The client is gone: what it asked for is cancelled, and what was held for it ends. */
  async gone(client: Client): Promise<void> {
    client.isGone = true;
    for (const id of client.running.keys()) this.#tell(client, { word: 'cancel', id });
    for (const held of this.#holdings.all) if (held.owner === client) await this.#holdings.release(held);
  }

  /** Ends all that is held, and waits until the files are gone. */
  close(): Promise<void> {
    return this.#holdings.releaseAll();
  }

  async #call(client: Client, request: Request, frame: Frame): Promise<void> {
    const { id, method, params } = request;
    const kind = method.startsWith('budget.') ? 'budget' : 'corpus';
    const start = this.options.now();
    const answer = (result: object): void => {
      this.#metrics.answered(method, this.options.now() - start);
      client.send(answerFrame(id, { result }));
    };
    switch (method) {
      case 'hello':
        return answer(this.#hello(params));
      case 'metrics':
        return answer({ text: this.#metricsText() });
      case 'corpus.create':
        return this.#createCorpus(client, request);
      case 'corpus.load':
        return this.#loadCorpus(client, request);
      case 'budget.create':
        return this.#createBudget(client, request);
      case 'corpus.close':
      case 'budget.close':
        await this.#holdings.release(this.#holdings.find(client, kind, params));
        return answer({});
      default:
        return this.#forward(client, request, frame, this.#holdings.find(client, kind, params));
    }
  }

  #hello({ version }: Request['params']): object {
    if (version !== PROTOCOL_VERSION) {
      throw new RuntimeError('unsupported-version', `version is ${JSON.stringify(version)}: want ${PROTOCOL_VERSION}`);
    }
    const { pid, cores, memoryBytes } = this.options;
    return { version: PROTOCOL_VERSION, pid, cores, memoryBytes };
  }

  #metricsText(): string {
    const held = this.#holdings.all.map(({ thing, id, child }) => ({ kind: thing.kind, id, pid: child.pid }));
    return this.#metrics.text(held);
  }

  async #createCorpus(client: Client, request: Request): Promise<void> {
    const create = readCreate(request.params);
    const size = { rows: create.rows, dimensions: create.dimensions, columnBytes: columnBytes(create.columns) };
    const estimate = this.#admit(size);
    const held = await this.#holdCorpus(client, size, estimate, true, create);
    const view = (result: object): object => ({ corpus: held.id, ...result, estimate });
    this.#ask(client, { ...request, params: { ...create } }, held, view);
  }

  /** A snapshot is mapped as it lies; what changes later is kept in a folder of the runtime's own. */
  async #loadCorpus(client: Client, request: Request): Promise<void> {
    const folder = readFolder(request.params['folder']);
    const compute = readWith(COMPUTE, '', request.params);
    const { folders } = this.options;
    const isOrphan = isLeftover(folders, folder);
    const manifest = await readManifest(folder, await isOurs(folders, folder));
    const rows = manifest.parts.reduce((sum, part) => sum + part.rows, 0);
    const size = { rows, dimensions: manifest.dimensions, columnBytes: columnBytes(manifest.columns) };
    const held = await this.#holdCorpus(client, size, this.#admit(size), false, compute);
    await adoptFolder(folder, held.folder, manifest, isOrphan).catch(async (error: unknown) => {
      await this.#holdings.release(held);
      throw error;
    });
    const view = (result: object): object => ({ corpus: held.id, folder: held.folder, ...result });
    this.#ask(client, { ...request, method: 'corpus.info', params: {} }, held, view);
  }

  async #createBudget(client: Client, request: Request): Promise<void> {
    const create = readCreateBudget(request.params);
    const { cores, mostTileBytes } = this.options;
    const estimate = estimateBudget(create, { mostTileBytes, availableBytes: this.#holdings.availableBytes });
    const { candidates, people } = create;
    this.#holdings.admit(
      estimate.memoryBytes,
      `a budget of ${candidates} candidates of ${people} people`,
      'candidates'
    );
    const { isResident, diskBytes, fileBytes } = estimate;
    const held = await this.#holdings.hold(client, {
      thing: { kind: 'budget', estimate },
      isNew: true,
      files: isResident ? { bytes: fileBytes } : { bytes: diskBytes, isOnDisk: true },
      compute: create,
      args: () => [String(cores), isResident ? 'memory' : 'disk', create.device]
    });
    const view = (result: object): object => ({ budget: held.id, ...result, estimate });
    this.#ask(client, { ...request, params: { ...create } }, held, view);
  }

  #admit(size: CorpusSize): MemoryEstimate {
    const estimate = estimateMemory(size);
    this.#holdings.admit(estimate.memoryBytes, `a corpus of ${size.rows} × ${size.dimensions}`, 'rows');
    return estimate;
  }

  #holdCorpus(owner: Client, size: CorpusSize, estimate: MemoryEstimate, isNew: boolean, compute: Compute) {
    const [threads, mostBytes] = [String(this.options.cores), String(mostResidentBytes(size))];
    return this.#holdings.hold(owner, {
      thing: { kind: 'corpus', size },
      isNew,
      files: { bytes: estimate.fileBytes },
      compute,
      args: age => [threads, mostBytes, age ? 'new' : 'open', compute.device]
    });
  }

  #forward(client: Client, request: Request, frame: Frame, held: Held): void {
    if (request.method === 'corpus.append') this.#admitMore(request.params, held.thing);
    const view = (result: object): object => (WITH_INFO.has(request.method) ? { corpus: held.id, ...result } : result);
    this.#ask(client, request, held, view, frame);
  }

  #admitMore({ rows }: Request['params'], thing: Held['thing']): void {
    if (thing.kind !== 'corpus') return;
    if (!Number.isSafeInteger(rows) || (rows as number) < 1) {
      throw invalid('rows', `rows is ${JSON.stringify(rows)}: want a positive integer`);
    }
    if (thing.size.rows + (rows as number) > MAX_ROWS)
      throw invalid('rows', `rows would be more than ${MAX_ROWS} in all`);
    this.#admit({ ...thing.size, rows: rows as number });
  }

  #ask(client: Client, request: Request, held: Held, view: (result: object) => object, frame?: Frame): void {
    // Gone while its corpus was made: nobody else would ever end it.
    if (client.isGone) return void this.#holdings.release(held);
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
        this.#tell(client, { word: 'cancel', id });
        held.child.forget(inner);
        fail(
          new RuntimeError('deadline-exceeded', `the deadline has passed before the ${held.thing.kind} had time for it`)
        );
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
        if (method === `${held.thing.kind}.seal`) {
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
    if (!held.isKnown) void this.#holdings.release(held);
  }

  #tell(client: Client, { word, id }: Word): void {
    const running = client.running.get(id);
    running?.held.child.tell(encodeFrame({ [word]: running.inner }));
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
