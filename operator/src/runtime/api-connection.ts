/** Where the API server is and who we are to it, from a kubeconfig or the files that a pod is given. */
import type { RequestOptions } from 'node:https';
import { isDeepStrictEqual } from 'node:util';
import type { KubeConfig } from '@kubernetes/client-node';
import { Agent } from 'undici';

const MAX_REQUESTS_AT_ONCE = 32;
const CONNECT_TIMEOUT_MS = 10_000;
/** Below the 90 s after which the API server ends an idle connection. */
const IDLE_CONNECTION_MS = 45_000;
/** The kernel finds out that a peer has vanished, which matters for a watch on which nothing happens. */
const TCP_KEEP_ALIVE_MS = 30_000;

interface Agents {
  readonly tls: object;
  readonly requests: Agent;
  /** Of their own: watches would hold the last of the bounded connections. */
  readonly watches: Agent;
}

export class ApiConnection {
  readonly origin: string;
  /** Of an API server behind a path, without the slash at its end. */
  readonly basePath: string;
  private agents: Agents | undefined;
  private readonly config: KubeConfig;

  constructor(config: KubeConfig) {
    this.config = config;
    const cluster = config.getCurrentCluster();
    if (cluster === null) throw new Error('the kubeconfig has no current cluster');
    if (cluster.proxyUrl !== undefined) throw new Error('a proxy-url in the kubeconfig is not supported');
    const { origin, pathname } = new URL(cluster.server);
    this.origin = origin;
    this.basePath = pathname.replace(/\/+$/, '');
  }

  /**
   * How to reach the server right now. To be asked for each request: tokens and certificates in files are replaced while we run, a pod's token after 48 minutes of an
   * hour. What is costly to come by KubeConfig keeps: a token from a file for a minute, one from a command until it expires.
   */
  async current(): Promise<Agents & { readonly headers: Readonly<Record<string, string>> }> {
    const options: RequestOptions = {};
    await this.config.applyToHTTPSOptions(options);
    const { ca, cert, key, passphrase, rejectUnauthorized, servername, headers = {} } = options;
    const tls = { ca, cert, key, passphrase, rejectUnauthorized, servername };
    if (this.agents === undefined || !isDeepStrictEqual(this.agents.tls, tls)) {
      // Nobody waits for it: what is under way on them, a watch above all, ends by itself.
      this.close().catch(() => undefined);
      this.agents = agentsFor(tls);
    }
    const texts = Object.entries(headers).map(([name, value]) => [name, String(value).trim()] as const);
    return { ...this.agents, headers: Object.fromEntries(texts) };
  }

  /** Lets what is under way come to its end. */
  async close(): Promise<void> {
    await Promise.all([this.agents?.requests.close(), this.agents?.watches.close()]);
  }
}

function agentsFor(tls: object): Agents {
  const options: Agent.Options = {
    allowH2: false,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: IDLE_CONNECTION_MS,
    connect: { ...tls, timeout: CONNECT_TIMEOUT_MS, keepAlive: true, keepAliveInitialDelay: TCP_KEEP_ALIVE_MS }
  };
  return { tls, requests: new Agent({ ...options, connections: MAX_REQUESTS_AT_ONCE }), watches: new Agent(options) };
}
