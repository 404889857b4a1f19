/**
 * Typed calls to the gateway's API through the person's own Jupyter server, which adds who asks.
 * Every failure is a `GatewayError`; an aborted call rejects with the signal's `AbortError`.
 */
import type {
  Environment,
  EnvironmentDetail,
  EnvironmentRequest,
  Garbage,
  KernelRequest,
  KernelView,
  LockView,
  LogPage,
  RunSubmission,
  RunView,
  Usage,
  Verdict
} from '@berth/gateway/contract';
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { GatewayError } from './gateway-error.js';
import { jsonAnswer } from './json-answer.js';

const API = 'berth/api/v1';

/** Which lines of which log. */
export interface ILogRequest {
  readonly rank: string;
  readonly attempt: number;
  readonly cursor?: string;
  readonly tail?: number;
  readonly contains?: string;
  readonly limit?: number;
}

export class GatewayClient {
  constructor(private readonly _settings: ServerConnection.ISettings) {}

  /** @returns what would happen if this were submitted now. */
  verdict(submission: RunSubmission, signal?: AbortSignal): Promise<Verdict> {
    return this._call('POST', ['verdict'], { body: submission, signal });
  }

  /** The same `submissionId` again returns the run that exists: safe to repeat. */
  submit(submission: RunSubmission, signal?: AbortSignal): Promise<RunView> {
    return this._call('POST', ['runs'], { body: submission, signal });
  }

  cancel(runId: string): Promise<RunView> {
    return this._call('POST', ['runs', runId, 'cancel']);
  }

  retry(runId: string): Promise<RunView> {
    return this._call('POST', ['runs', runId, 'retry']);
  }

  async remove(runId: string): Promise<void> {
    await this._call('DELETE', ['runs', runId]);
  }

  logs(runId: string, request: ILogRequest, signal?: AbortSignal): Promise<LogPage> {
    return this._call('GET', ['runs', runId, 'logs'], { query: queryOf(request), signal });
  }

  /** Defines an environment and begins to make it; its progress comes as events. */
  createEnvironment(request: EnvironmentRequest, signal?: AbortSignal): Promise<Environment> {
    return this._call('POST', ['environments'], { body: request, signal });
  }

  environment(name: string, signal?: AbortSignal): Promise<EnvironmentDetail> {
    return this._call('GET', ['environments', name], { signal });
  }

  /** Begins to make one that is defined. */
  makeEnvironment(name: string): Promise<Environment> {
    return this._call('POST', ['environments', name, 'create']);
  }

  repairEnvironment(name: string): Promise<Environment> {
    return this._call('POST', ['environments', name, 'repair']);
  }

  async deleteEnvironment(name: string): Promise<void> {
    await this._call('DELETE', ['environments', name]);
  }

  /** What a lock says; nothing in it is executed or fetched. */
  inspectLock(text: string, signal?: AbortSignal): Promise<LockView> {
    return this._call('POST', ['locks', 'inspect'], { body: { text }, signal });
  }

  garbage(signal?: AbortSignal): Promise<Garbage> {
    return this._call('GET', ['garbage'], { signal });
  }

  collectGarbage(): Promise<Garbage> {
    return this._call('POST', ['garbage', 'collect']);
  }

  /** Asks for compute for a notebook's kernel; the same again changes nothing. */
  claimKernel(request: KernelRequest, signal?: AbortSignal): Promise<KernelView> {
    return this._call('POST', ['kernels'], { body: request, signal });
  }

  /** Those that hold or wait for compute, as of now and not as of the last event. */
  kernels(signal?: AbortSignal): Promise<{ readonly kernels: readonly KernelView[] }> {
    return this._call('GET', ['kernels'], { signal });
  }

  kernelVerdict(request: KernelRequest, signal?: AbortSignal): Promise<Verdict> {
    return this._call('POST', ['kernels', 'verdict'], { body: request, signal });
  }

  /** Leaves the queue, or gives back what no kernel has taken yet. */
  async releaseKernel(id: string): Promise<void> {
    await this._call('DELETE', ['kernels', id]);
  }

  usage(afterMs: number, signal?: AbortSignal): Promise<Usage> {
    return this._call('GET', ['usage'], { query: URLExt.objectToQueryString({ afterMs }), signal });
  }

  cancelEnvironment(name: string): Promise<Environment> {
    return this._call('POST', ['environments', name, 'cancel']);
  }

  /** The cheapest call: resolves when the gateway answers. */
  async ping(): Promise<void> {
    await this._call<unknown>('GET', ['offers']);
  }

  /** Where a browser finds the whole log as a file; the cookie of the Jupyter server authenticates it. */
  downloadUrl(runId: string, rank: string, attempt: number): string {
    const query = URLExt.objectToQueryString({ rank, attempt });
    return this._url(['runs', runId, 'logs', 'download']) + query;
  }

  /** Address of one endpoint, absolute. */
  endpoint(...path: string[]): string {
    return new URL(this._url(path), globalThis.location?.href).href;
  }

  /** Address of the event stream, with the token only where Jupyter's own sockets carry it. */
  eventsUrl(cursor: string | null): string {
    const { wsUrl, appendToken, token } = this._settings;
    const query: Record<string, string> = {};
    if (cursor !== null) query['cursor'] = cursor;
    if (appendToken && token !== '') query['token'] = token;
    return URLExt.join(wsUrl, API, 'events') + URLExt.objectToQueryString(query);
  }

  private _url(path: readonly string[]): string {
    return URLExt.join(this._settings.baseUrl, API, ...path.map(encodeURIComponent));
  }

  private async _call<T>(
    method: string,
    path: readonly string[],
    { query = '', body, signal }: { query?: string; body?: unknown; signal?: AbortSignal } = {}
  ): Promise<T> {
    // Jupyter's default `no-store` adds a number to the query, which the API would refuse as unknown.
    const init: RequestInit = { method, cache: 'no-cache', signal: signal ?? null };
    if (body !== undefined) {
      init.body = JSON.stringify(body);
      init.headers = { 'Content-Type': 'application/json' };
    }
    return jsonAnswer(await this._fetch(this._url(path) + query, init));
  }

  private async _fetch(url: string, init: RequestInit): Promise<Response> {
    try {
      return await ServerConnection.makeRequest(url, init, this._settings);
    } catch (error: unknown) {
      if (init.signal?.aborted) throw new DOMException('The call was given up', 'AbortError');
      const detail = error instanceof Error ? error.message : String(error);
      throw new GatewayError('unreachable', `The Jupyter server did not answer (${detail})`);
    }
  }
}

function queryOf(request: ILogRequest): string {
  const entries = Object.entries(request).filter(([, value]) => value !== undefined && value !== '');
  return URLExt.objectToQueryString(Object.fromEntries(entries));
}
