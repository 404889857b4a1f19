/** Talks HTTP over a Unix socket, for tests. */
import { once } from 'node:events';
import { type IncomingMessage, type OutgoingHttpHeaders, request as httpRequest } from 'node:http';
import { text as textOf } from 'node:stream/consumers';

export interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  /** Text goes as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

export interface Received {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  /** The body as JSON. */
  json<T = unknown>(): T;
}

/** The answer, its body not yet read. */
export async function open(socketPath: string, sent: Sent): Promise<IncomingMessage> {
  const { method = 'GET', path, headers = {}, body, signal } = sent;
  const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const type = payload === undefined ? {} : { 'content-type': 'application/json' };
  const request = httpRequest({
    socketPath,
    method,
    path,
    headers: { ...type, ...headers },
    agent: false,
    ...(signal && { signal })
  });
  request.on('error', () => undefined); // after the answer: the server has closed what was still being written to
  request.end(payload);
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  return answer;
}

/** The whole answer. */
export async function send(socketPath: string, sent: Sent): Promise<Received> {
  const answer = await open(socketPath, sent);
  const text = await textOf(answer);
  return { status: answer.statusCode ?? 0, headers: answer.headers, text, json: <T>() => JSON.parse(text) as T };
}
