/** Decides, before any WebSocket exists, whether an upgrade may go on; refusals are plain HTTP in the API's error shape. */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { actorOf } from '../auth/actor.js';
import type { TokenCheck } from '../auth/token.js';
import { PlatformError } from '../contract/index.js';
import { errorAnswer } from '../http/error-answer.js';
import type { Actor } from '../platform/platform.js';

const PATH = '/api/v1/events';

/** @throws PlatformError for a wrong token, path or actor. */
export function parseUpgrade(req: IncomingMessage, isToken: TokenCheck): { actor: Actor; cursor: string | undefined } {
  if (!isToken(req.headers.authorization)) {
    throw new PlatformError('unauthenticated', 'The request carries no valid token.');
  }
  const [path, query] = (req.url ?? '').split('?', 2);
  if (path !== PATH) throw new PlatformError('not-found', `There is no WebSocket here, only at ${PATH}.`);
  return { actor: actorOf(req.headers), cursor: new URLSearchParams(query).get('cursor') ?? undefined };
}

/** Answers the upgrade with an error and closes the connection. */
export function refuseUpgrade(socket: Duplex, error: unknown, requestId: string): void {
  const { status, body } = errorAnswer(error, requestId);
  const text = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(text)}`,
    `X-Request-Id: ${requestId}`,
    'X-Content-Type-Options: nosniff',
    'Cache-Control: no-store',
    'Connection: close'
  ];
  socket.once('finish', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`);
}
