/** Tells Kubernetes and Prometheus, over plain HTTP, how this process is. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';

export interface HealthOptions {
  /** Absent: every address that the machine has, of IPv6 and of IPv4. */
  readonly host?: string;
  /** 0: any that is free. */
  readonly port: number;
  /** What is wrong so that only a new process mends it; empty where all is well. */
  readonly illnesses: () => readonly string[];
  /** What it still waits for; empty where it is ready. */
  readonly unready: () => readonly string[];
  readonly registry: Registry;
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Whoever reaches the port could hold connections open: they are few, and ended when they are slow. */
const LIMITS = { maxHeaderSize: 8_192, headersTimeout: 5_000, requestTimeout: 10_000, keepAliveTimeout: 5_000 };
const MOST_CONNECTIONS = 100;

/** Listens once it resolves. @throws where the port is taken. */
export async function startHealthServer(options: HealthOptions): Promise<HealthServer> {
  const server = createServer(LIMITS, ({ method, url = '' }, response) => {
    const path = method === 'GET' ? url.split('?')[0] : undefined;
    if (path === '/metrics') void sendMetrics(options.registry, response);
    else if (path === '/healthz') send(response, options.illnesses());
    else if (path === '/readyz') send(response, options.unready());
    else response.writeHead(404).end();
  });
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, options.host, resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

function send(response: ServerResponse, problems: readonly string[]): void {
  response.writeHead(problems.length === 0 ? 200 : 503, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(problems.length === 0 ? 'ok\n' : `${problems.join('\n')}\n`);
}

async function sendMetrics(registry: Registry, response: ServerResponse): Promise<void> {
  try {
    const text = await registry.metrics();
    response.writeHead(200, { 'content-type': registry.contentType }).end(text);
  } catch {
    response.writeHead(500).end();
  }
}

async function close(server: Server): Promise<void> {
  await new Promise(resolve => {
    server.close(resolve);
    server.closeAllConnections();
  });
}
