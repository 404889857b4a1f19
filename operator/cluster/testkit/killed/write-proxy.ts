/**
 * Stands between operators and the API server and sees every write: plain HTTP to them, TLS to it. What an operator is, it says by the first
 * part of its path. Requests about leases are held back until the operator that sends them is the one whose turn it is.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Agent, request as requestTls } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { folderOf, readSpec } from '../../state.ts';

export interface Write {
  readonly by: string;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

export interface ProxyRules {
  /** Whether this operator may take the lease. */
  readonly isItsTurn: (by: string) => boolean;
  /** True: the API server gets the write, and who sent it is killed before it hears of that. */
  readonly isLast: (write: Write) => boolean;
  readonly kill: (by: string) => void;
}

const LEASES = '/leases';
const QUESTIONS = '/subjectaccessreviews';
const PER_CONNECTION = new Set(['connection', 'host', 'transfer-encoding', 'keep-alive']);

export class WriteProxy {
  private readonly server: Server;
  private readonly where: Readonly<Record<string, unknown>>;
  private readonly rules: ProxyRules;
  private readonly agent: Agent;
  private held: { readonly by: string; readonly go: () => void }[] = [];

  private constructor(where: Readonly<Record<string, unknown>>, agent: Agent, rules: ProxyRules) {
    this.where = where;
    this.agent = agent;
    this.rules = rules;
    this.server = createServer((request, response) => {
      this.pass(request, response).catch(() => response.destroy());
    });
  }

  static async start(cluster: string, rules: ProxyRules): Promise<WriteProxy> {
    const spec = await readSpec(cluster);
    if (spec === undefined) throw new Error(`there is no cluster ${cluster}`);
    const ca = await readFile(path.join(folderOf(cluster), 'pki', 'ca.crt'));
    const { node: host, apiPort: port } = spec.addresses;
    const proxy = new WriteProxy({ host, port }, new Agent({ keepAlive: true, ca }), rules);
    await new Promise<void>(resolve => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** Where an operator of this name finds the API server. */
  urlFor(by: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/${by}`;
  }

  /** Somebody's turn has come: lets go what was held back for it. */
  letGo(): void {
    const { isItsTurn } = this.rules;
    const now = this.held.filter(({ by }) => isItsTurn(by));
    this.held = this.held.filter(({ by }) => !isItsTurn(by));
    for (const { go } of now) go();
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.agent.destroy();
    await new Promise(resolve => this.server.close(resolve));
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, by = '', url = ''] = /^\/([^/]+)(\/.*)$/.exec(request.url ?? '') ?? [];
    const sent = await buffer(request);
    if (url.includes(LEASES)) await this.untilItsTurn(by);
    if (response.destroyed) return;
    const isLast = this.isLast(by, request.method, url, sent);
    const answer = await this.forward(request, response, url, sent);
    if (isLast) {
      await buffer(answer);
      this.rules.kill(by);
      response.destroy();
      return;
    }
    response.writeHead(answer.statusCode ?? 502, withoutHops(answer));
    answer.pipe(response);
  }

  private async untilItsTurn(by: string): Promise<void> {
    if (!this.rules.isItsTurn(by)) await new Promise<void>(go => this.held.push({ by, go }));
  }

  private isLast(by: string, method = 'GET', path: string, sent: Buffer): boolean {
    if (method === 'GET' || path.includes(LEASES) || path.includes(QUESTIONS)) return false;
    return this.rules.isLast({ by, method, path, body: JSON.parse(sent.toString() || '{}') as unknown });
  }

  private forward(
    request: IncomingMessage,
    response: ServerResponse,
    url: string,
    sent: Buffer
  ): Promise<IncomingMessage> {
    const { method } = request;
    const headers = { ...withoutHops(request), 'content-length': sent.length };
    return new Promise((resolve, reject) => {
      const call = requestTls({ ...this.where, agent: this.agent, method, path: url, headers });
      response.once('close', () => call.destroy());
      call.once('error', reject).once('response', answer => {
        answer.on('error', () => response.destroy());
        resolve(answer);
      });
      call.end(sent);
    });
  }
}

function withoutHops({ headers }: IncomingMessage): IncomingMessage['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !PER_CONNECTION.has(name)));
}
