/** A whole edge (HTTP and events) on a real Unix socket, around a platform that the test gives. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { tokenCheck } from '../../auth/token.js';
import type { Platform } from '../../platform/platform.js';
import { EventJournal } from '../../stream/event-journal.js';
import { EventStream } from '../../stream/event-stream.js';
import { createApp } from '../app.js';
import { Leases } from '../leases.js';
import { jsonLogger } from '../logger.js';
import { drain, listenPrivately } from '../unix-server.js';
import { ManualTimers } from './manual-timers.js';
import { open, type Received, send, type Sent } from './unix-client.js';

const TOKEN = 'token-of-the-test';

export interface Served {
  readonly socketPath: string;
  readonly timers: ManualTimers;
  readonly stream: EventStream;
  readonly closing: AbortController;
  /** What was logged, one object a line. */
  readonly logged: { level: string; message: string }[];
  readonly send: (sent: Sent) => Promise<Received>;
  readonly open: (sent: Sent) => Promise<IncomingMessage>;
  readonly connect: (path: string, headers?: OutgoingHttpHeaders) => WebSocket;
  /** Ends everything. */
  readonly close: () => Promise<void>;
  /** Ends all but the event stream. */
  readonly closeServer: () => Promise<void>;
}

export async function serve(
  platform: Platform,
  options: { rootFolder?: string; onUnused?: () => void } = {}
): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), 'berth-http-'));
  const socketPath = join(folder, 'gateway.sock');
  const logged: Served['logged'] = [];
  const logger = jsonLogger(
    line => logged.push(JSON.parse(line) as Served['logged'][number]),
    () => new Date(0)
  );
  const { rootFolder = '/home/ada', onUnused = () => undefined } = options;
  const timers = new ManualTimers();
  const leases = new Leases({ lingerMs: 3_000, startLingerMs: 60_000, timers, onUnused });
  let requests = 0;
  const newRequestId = (): string => `request-${++requests}`;
  const closing = new AbortController();
  const common = { platform, isToken: tokenCheck(TOKEN), logger, timers, newRequestId };
  const stream = new EventStream({ ...common, journal: new EventJournal('epoch') });
  const health = { version: '1.2.3', pid: 42, startedAtMs: 7 };
  const server = createServer(createApp({ ...common, leases, health, closing: closing.signal, checkAnswers: true }));
  stream.attach(server);
  await listenPrivately(server, socketPath);
  const closeServer = async (): Promise<void> => {
    await drain(server, AbortSignal.abort());
    await rm(folder, { recursive: true, force: true });
  };
  return {
    socketPath,
    timers,
    stream,
    closing,
    logged,
    ...clientOf(socketPath, rootFolder),
    closeServer,
    close: async () => {
      await Promise.all([stream.close(AbortSignal.abort()), closeServer()]);
    }
  };
}

/** A client that says who asks and knows the token, unless the test says otherwise. */
function clientOf(socketPath: string, rootFolder: string): Pick<Served, 'send' | 'open' | 'connect'> {
  const headers = {
    authorization: `Bearer ${TOKEN}`,
    'x-berth-user': 'ada',
    'x-berth-root': encodeURIComponent(rootFolder)
  };
  const complete = (sent: Sent): Sent => ({ ...sent, headers: { ...headers, ...sent.headers } });
  return {
    send: sent => send(socketPath, complete(sent)),
    open: sent => open(socketPath, complete(sent)),
    connect: (path, more = {}) =>
      new WebSocket(`ws+unix://${socketPath}:${path}`, { headers: { ...headers, ...more } as never })
  };
}
