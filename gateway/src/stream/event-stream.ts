/** The one WebSocket, `/api/v1/events`: every change of the platform, in order, to everybody who listens. */
import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { TokenCheck } from '../auth/token.js';
import { CLOSE, type GatewayEvent, isPlatformError, PlatformError, type Snapshot } from '../contract/index.js';
import type { Logger } from '../http/logger.js';
import type { Timers } from '../http/timers.js';
import type { Actor, Platform } from '../platform/platform.js';
import type { EventJournal } from './event-journal.js';
import { Subscriber } from './subscriber.js';
import { parseUpgrade, refuseUpgrade } from './upgrade.js';

const MAX_SOCKETS = 64;
/** Pings are invisible to scripts in a browser, so each comes with a message that they can see. */
const PING_MS = 25_000;
/** Clients have nothing to say; what is longer than this is not even read. */
const MAX_MESSAGE_BYTES = 1024;
/** By RFC 6455: something unexpected kept the server from going on. */
const INTERNAL_ERROR = 1011;

export interface EventStreamDeps {
  readonly platform: Platform;
  readonly journal: EventJournal;
  readonly isToken: TokenCheck;
  readonly logger: Logger;
  readonly timers: Timers;
  readonly newRequestId: () => string;
}

export class EventStream {
  private readonly sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false
  });
  private readonly subscribers = new Set<Subscriber>();
  private readonly stopListening: () => void;
  private readonly stopPinging: () => void;
  private isClosing = false;

  constructor(private readonly deps: EventStreamDeps) {
    this.stopListening = deps.platform.onChange(change => {
      const text = JSON.stringify(deps.journal.add(change));
      for (const subscriber of this.subscribers) subscriber.push(text);
    });
    this.stopPinging = deps.timers.every(PING_MS, () => {
      const alive = JSON.stringify({ type: 'alive', cursor: deps.journal.cursor } satisfies GatewayEvent);
      for (const subscriber of this.subscribers) {
        subscriber.ping();
        subscriber.push(alive);
      }
    });
  }

  /** From now on upgrades of this server's connections are handled here. */
  attach(server: Server): void {
    server.on('upgrade', (req, socket, head) => this.upgrade(req, socket, head));
  }

  /** Tells everybody that the gateway ends, and waits until they are gone. */
  async close(deadline: AbortSignal): Promise<void> {
    this.isClosing = true;
    this.stopPinging();
    this.stopListening();
    for (const subscriber of this.subscribers) subscriber.close(CLOSE.shuttingDown, 'the gateway ends; connect again');
    const cut = (): void => this.sockets.clients.forEach(socket => socket.terminate());
    const closed = once(this.sockets, 'close');
    this.sockets.close();
    if (deadline.aborted) cut();
    deadline.addEventListener('abort', cut, { once: true });
    await closed;
    deadline.removeEventListener('abort', cut);
  }

  private upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    try {
      const { actor, cursor } = parseUpgrade(req, this.deps.isToken);
      this.requireRoom();
      this.sockets.handleUpgrade(req, socket, head, client => void this.serve(client, actor, cursor));
    } catch (error: unknown) {
      const requestId = this.deps.newRequestId();
      if (!isPlatformError(error)) this.deps.logger.error('upgrade failed', { requestId, error });
      refuseUpgrade(socket, error, requestId);
    }
  }

  private requireRoom(): void {
    if (this.isClosing) throw new PlatformError('shutting-down', 'The gateway ends; try again in a moment.');
    if (this.sockets.clients.size >= MAX_SOCKETS) {
      throw new PlatformError('too-many-requests', `There are ${MAX_SOCKETS} event streams already; close one first.`);
    }
  }

  private async serve(socket: WebSocket, actor: Actor, cursor: string | undefined): Promise<void> {
    const subscriber = new Subscriber(socket);
    this.subscribers.add(subscriber);
    socket.once('close', () => this.subscribers.delete(subscriber));
    try {
      await subscriber.start(this.deps.journal, cursor, () => this.snapshot(actor));
    } catch (error: unknown) {
      this.deps.logger.error('event stream failed', { error });
      subscriber.close(INTERNAL_ERROR, 'something went wrong inside the gateway');
    }
  }

  private async snapshot(actor: Actor): Promise<Snapshot> {
    const { platform } = this.deps;
    const [runs, kernels, offers, environments] = await Promise.all([
      platform.runs(actor),
      platform.kernels(actor),
      platform.offers(actor),
      platform.environments(actor)
    ]);
    return { runs, kernels, offers, environments };
  }
}
