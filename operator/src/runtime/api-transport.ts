/** Sends requests to the API server and reads its JSON: deadlines, retries of reads, errors. It knows nothing of objects. */
import type { KubeConfig } from '@kubernetes/client-node';
import type { Dispatcher } from 'undici';
import { ApiConnection } from './api-connection.js';
import { apiErrorOf, isApiError } from './api-error.js';
import { type Clock, delay, machineClock } from './clock.js';
import { type Deadline, startDeadline, unlessAborted } from './deadline.js';
import { jsonLines, parseJson } from './json-lines.js';

/** An object has at most 1.5 MB in etcd: a longer line is none. */
const MAX_LINE_BYTES = 16 * 2 ** 20;
const MAX_RETRIES = 3;
const LONGEST_RETRY_AFTER_MS = 10_000;
const USER_AGENT = 'berth-operator';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** What is undefined is left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: object;
  readonly contentType?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface ApiTransportOptions {
  /** Default 30 s. */
  readonly requestTimeoutMs?: number;
  /** Called before every write; throws where this process may not write. */
  readonly guard?: () => void;
  readonly clock?: Clock;
}

type ResponseBody = Dispatcher.ResponseData['body'];

export class ApiTransport {
  private readonly connection: ApiConnection;
  private readonly options: Required<ApiTransportOptions>;

  constructor(config: KubeConfig, options: ApiTransportOptions) {
    this.options = { requestTimeoutMs: 30_000, guard: () => undefined, clock: machineClock, ...options };
    this.connection = new ApiConnection(config);
  }

  /** The JSON of the answer. @throws ApiError when the server refuses. */
  async json<T>(request: ApiRequest): Promise<T> {
    for (let retries = 0; ; retries += 1) {
      try {
        return (await this.once(request)) as T;
      } catch (error) {
        const waitMs = retryAfterMs(request, error);
        if (waitMs === undefined || retries >= MAX_RETRIES) throw error;
        await delay(this.options.clock, waitMs, request.signal);
      }
    }
  }

  /** The JSON values on the lines of an answer that goes on; ended with an error after so long, whatever comes. */
  async *lines(request: ApiRequest, endAfterMs: number): AsyncGenerator<unknown, void> {
    using deadline = this.startDeadline(request, endAfterMs);
    const body = await this.send(request, 'watches', deadline.signal);
    yield* jsonLines(body as AsyncIterable<Uint8Array>, MAX_LINE_BYTES);
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  private async once(request: ApiRequest): Promise<unknown> {
    using deadline = this.startDeadline(request, this.options.requestTimeoutMs);
    const body = await this.send(request, 'requests', deadline.signal);
    return parseJson(await body.text());
  }

  private async send(request: ApiRequest, among: 'requests' | 'watches', signal: AbortSignal): Promise<ResponseBody> {
    const { method, path, query = {}, contentType = 'application/json' } = request;
    const reach = await unlessAborted(this.connection.current(), signal);
    signal.throwIfAborted();
    if (method !== 'GET') this.options.guard();
    const { statusCode, headers, body } = await reach[among].request({
      origin: this.connection.origin,
      path: this.connection.basePath + path,
      query: Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)),
      method,
      headers: {
        accept: 'application/json',
        'content-type': contentType,
        'user-agent': USER_AGENT,
        ...reach.headers
      },
      body: request.body === undefined ? null : JSON.stringify(request.body),
      signal
    });
    if (statusCode < 300) return body;
    const status = await body.json().catch(() => undefined);
    throw apiErrorOf(status, statusCode, headers['retry-after']?.toString());
  }

  private startDeadline({ method, path, signal }: ApiRequest, delayMs: number): Deadline {
    return startDeadline(this.options.clock, delayMs, `${method} ${path}`, signal);
  }
}

/** Reads only: whether a write that was refused is still wanted is for its author to say. */
function retryAfterMs({ method }: ApiRequest, error: unknown): number | undefined {
  if (method !== 'GET' || !(isApiError(error, 429) || isApiError(error, 503))) return undefined;
  return error.retryAfterMs === undefined ? undefined : Math.min(error.retryAfterMs, LONGEST_RETRY_AFTER_MS);
}
