/** Where the API server is and who we are to it, from a kubeconfig or the files that a pod is given. */
import type { RequestOptions } from 'node:https';
import { isDeepStrictEqual } from 'node:util';
import type { KubeConfig } from '@kubernetes/client-node';
import { Agent } from 'undici';
import type { Clock } from './clock.js';

/** Tokens and certificates in files are replaced while we run: a pod's token after 48 minutes of an hour. */
const REREAD_AFTER_MS = 60_000;
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

/** How to reach the server right now. */
interface Reach extends Agents {
  readonly headers: Readonly<Record<string, string>>;
}

export class ApiConnection {
  readonly origin: string;
  /** Of an API server behind a path, without the slash at its end. */
  readonly basePath: string;
  private reading: Promise<Reach> | undefined;
  private readAtMs = 0;
  private agents: Agents | undefined;
  private readonly config: KubeConfig;
  private readonly clock: Clock;

  constructor(config: KubeConfig, clock: Clock) {
    this.config = config;
    this.clock = clock;
    const cluster = config.getCurrentCluster();
    if (cluster === null) throw new Error('the kubeconfig has no current cluster');
    if (cluster.proxyUrl !== undefined) throw new Error('a proxy-url in the kubeconfig is not supported');
    const { origin, pathname } = new URL(cluster.server);
    this.origin = origin;
    this.basePath = pathname.replace(/\/+$/, '');
  }

  current(): Promise<Reach> {
    if (this.reading !== undefined && this.clock.now() - this.readAtMs < REREAD_AFTER_MS) return this.reading;
    const reading = this.read();
    reading.catch(() => this.forget(reading));
    this.readAtMs = this.clock.now();
    return (this.reading = reading);
  }

  /** The credentials do not serve, or no longer: the next request reads them again. */
  forget(reading = this.reading): void {
    if (this.reading === reading) this.reading = undefined;
  }

  /** Lets what is under way come to its end. */
  async close(): Promise<void> {
    await Promise.all([this.agents?.requests.close(), this.agents?.watches.close()]);
  }

  private async read(): Promise<Reach> {
    const options: RequestOptions = {};
    await this.config.applyToHTTPSOptions(options);
    const { ca, cert, key, passphrase, rejectUnauthorized, servername, headers = {} } = options;
    const tls = { ca, cert, key, passphrase, rejectUnauthorized, servername };
    if (!isDeepStrictEqual(this.agents?.tls, tls)) {
      // Nobody waits for it: what is under way on them, a watch above all, ends by itself.
      this.close().catch(() => undefined);
      this.agents = agentsFor(tls);
    }
    const texts = Object.entries(headers).map(([name, value]) => [name, String(value).trim()] as const);
    return { ...(this.agents as Agents), headers: Object.fromEntries(texts) };
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
