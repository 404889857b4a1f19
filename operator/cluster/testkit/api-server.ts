/**
 * The API server of a test cluster: JSON in, JSON out, as the administrator or as somebody else. For what asks so often, or follows so
 * closely, that a kubectl for each question would be most of the load.
 */
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { waitUntil } from '../../../scripts/wait-until.ts';
import { folderOf, readSpec } from '../state.ts';

const LONGEST_ANSWER_MS = 15_000;
/** Watches hold one each. */
const CONNECTIONS = 48;

export interface Json {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly {
      readonly uid: string;
      readonly name: string;
      readonly controller?: boolean;
    }[];
    readonly deletionTimestamp?: string;
  };
}

export interface List<T> {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly T[];
}

export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

/** What the API server said no to. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** By shape: Jest runs tests in a realm of its own. */
export function isRefusal(error: unknown, status?: number): boolean {
  const { name, status: is } = (error ?? {}) as { name?: unknown; status?: unknown };
  return name === 'Refusal' && (status === undefined || is === status);
}

/**
 * The server is away, or starts, or has too much to do: whether it did what was asked is unknown. Just started it does not know the
 * roles yet, and forbids everything.
 */
function isAway(error: unknown): boolean {
  const { status = 0 } = error as { status?: number };
  return !isRefusal(error) || status === 403 || status === 429 || status >= 500;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface RequestOptions {
  readonly body?: object;
  readonly contentType?: string;
}

export class ApiServer {
  private readonly where: Readonly<Record<string, unknown>>;
  private readonly agent: Agent;
  private readonly who: Readonly<Record<string, string>>;

  private constructor(where: Readonly<Record<string, unknown>>, agent: Agent, who: Readonly<Record<string, string>>) {
    this.where = where;
    this.agent = agent;
    this.who = who;
  }

  /** @throws Error where there is no such cluster */
  static async of(cluster: string): Promise<ApiServer> {
    const spec = await readSpec(cluster);
    if (spec === undefined) throw new Error(`there is no cluster ${cluster}`);
    const pem = (file: string) => readFile(path.join(folderOf(cluster), 'pki', file));
    const [ca, cert, key] = await Promise.all([pem('ca.crt'), pem('admin.crt'), pem('admin.key')]);
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, ca, cert, key });
    return new ApiServer({ host: spec.addresses.node, port: spec.addresses.apiPort }, agent, {});
  }

  /** To the API server it is that person, authorisation and admission included. */
  as(user: string): ApiServer {
    return new ApiServer(this.where, this.agent, { 'impersonate-user': user });
  }

  /** @throws Refusal, or what has become of the connection */
  async json<T = Json>(method: Method, url: string, options: RequestOptions = {}): Promise<T> {
    const answer = await this.send(method, url, options, AbortSignal.timeout(LONGEST_ANSWER_MS));
    return JSON.parse(await text(answer)) as T;
  }

  /** Asks again until the server answers: writes must be such that twice is as good as once. @throws Refusal */
  async sooner<T = Json>(method: Method, url: string, options: RequestOptions = {}, withinMs = 900_000): Promise<T> {
    let result: T | undefined;
    let last: Error | undefined;
    await waitUntil(`the API server answers ${method} ${url}`, withinMs, async () => {
      try {
        result = await this.json<T>(method, url, options);
        return true;
      } catch (error) {
        if (!isAway(error)) throw error;
        last = error as Error;
        return false;
      }
    }).catch((error: unknown) => {
      throw last === undefined || isRefusal(error) ? error : new Error(`${String(error)}: ${last.message}`);
    });
    return result as T;
  }

  /** Undefined where there is none. */
  async find<T = Json>(url: string): Promise<T | undefined> {
    return this.sooner<T>('GET', url).catch((error: unknown) => {
      if (isRefusal(error, 404)) return undefined;
      throw error;
    });
  }

  /** What happens from a version on, until the server ends it or is away. */
  async *watch<T>(url: string, resourceVersion: string, signal: AbortSignal): AsyncGenerator<WatchEvent<T>, void> {
    const query = `watch=1&allowWatchBookmarks=true&resourceVersion=${resourceVersion}`;
    const answer = await this.send('GET', `${url}${url.includes('?') ? '&' : '?'}${query}`, {}, signal);
    let rest = '';
    for await (const piece of answer.setEncoding('utf8') as AsyncIterable<string>) {
      const lines = (rest + piece).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield JSON.parse(line) as WatchEvent<T>;
    }
  }

  /** Connections that are kept would keep the process. */
  close(): void {
    this.agent.destroy();
  }

  private send(method: Method, url: string, options: RequestOptions, signal: AbortSignal): Promise<IncomingMessage> {
    const { body, contentType = 'application/json' } = options;
    const sent = body === undefined ? '' : JSON.stringify(body);
    // Node says the length of every body by itself, but for a DELETE's.
    const length = Buffer.byteLength(sent);
    const headers = { accept: 'application/json', 'content-type': contentType, 'content-length': length, ...this.who };
    return new Promise((resolve, reject) => {
      const call = request({ ...this.where, agent: this.agent, method, path: url, headers, signal });
      call.once('error', reject).once('response', answer => {
        answer.on('error', () => undefined); // whoever reads it is told
        if ((answer.statusCode ?? 500) < 300) return resolve(answer);
        text(answer).then(said => reject(refusalOf(answer.statusCode ?? 500, said)), reject);
      });
      call.end(sent);
    });
  }
}

function refusalOf(status: number, said: string): Refusal {
  try {
    return new Refusal(status, (JSON.parse(said) as { message: string }).message);
  } catch {
    return new Refusal(status, said);
  }
}
