/**
 * One client of the event stream. It starts catching up: the hello, then what the journal has, each message only when the
 * one before is out, so that a large snapshot is no reason to call a client slow. Once level it is live: changes are sent
 * as they come, and a client that leaves too much unread is sent away; it may come back with its last cursor.
 */
import { WebSocket } from 'ws';
import { CLOSE, type GatewayEvent, type Snapshot } from '../contract/index.js';
import type { EventJournal } from './event-journal.js';

const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;

export class Subscriber {
  private isLive = false;
  private isAnswering = true;

  constructor(private readonly socket: WebSocket) {
    socket.on('pong', () => (this.isAnswering = true));
    socket.on('message', () => this.close(CLOSE.unexpectedMessage, 'this stream takes no messages'));
    socket.on('error', () => socket.terminate()); // a frame that breaks the protocol; ws has closed with its own code
  }

  /**
   * Says hello and brings the client level.
   *
   * The cursor is taken before the snapshot is: what changes meanwhile follows as events, once each. They may already show in
   * the snapshot; they carry whole states, so nothing is lost and nothing counts twice.
   * @param takeSnapshot rejects when there is none; nothing was sent then.
   */
  async start(journal: EventJournal, wanted: string | undefined, takeSnapshot: () => Promise<Snapshot>): Promise<void> {
    const resumed = wanted !== undefined && journal.since(wanted) !== 'gone';
    const cursor = resumed ? wanted : journal.cursor;
    const snapshot = resumed ? null : await takeSnapshot();
    await this.send(JSON.stringify({ type: 'hello', cursor, resumed, snapshot } satisfies GatewayEvent));
    await this.catchUp(journal, cursor);
  }

  /** A change, as text. A client that still catches up finds it in the journal. */
  push(text: string): void {
    if (!this.isLive || this.socket.readyState !== WebSocket.OPEN) return;
    this.socket.send(text, ignoreFailure);
    if (this.socket.bufferedAmount > MAX_BUFFERED_BYTES) this.close(CLOSE.tooSlow, 'read faster, or connect again');
  }

  /** To be called at intervals: ends the connection when the last ping was not answered. */
  ping(): void {
    if (!this.isAnswering) return this.socket.terminate();
    this.isAnswering = false;
    if (this.socket.readyState === WebSocket.OPEN) this.socket.ping(ignoreFailure);
  }

  /** `ws` itself cuts the connection when the client does not answer the close in time. */
  close(code: number, reason: string): void {
    this.isLive = false;
    this.socket.close(code, reason);
  }

  private async catchUp(journal: EventJournal, from: string): Promise<void> {
    let cursor = from;
    while (this.socket.readyState === WebSocket.OPEN) {
      const events = journal.since(cursor);
      if (events === 'gone') return this.close(CLOSE.tooSlow, 'too much has changed meanwhile; connect again');
      if (events.length === 0) {
        this.isLive = true;
        return;
      }
      for (const event of events) {
        await this.send(JSON.stringify(event));
        cursor = event.cursor;
      }
    }
  }

  /** Resolves when the text has left this process, or never will. */
  private send(text: string): Promise<void> {
    return new Promise(resolve => this.socket.send(text, () => resolve()));
  }
}

/** A send fails only when the connection ends, and `close` says so. */
function ignoreFailure(): void {}
