/** A real HTTP server that keeps what it was asked, and answers as a test says. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Asked {
  readonly method: string;
  /** With the query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

export type Answer = (response: ServerResponse, asked: Asked) => void;

export interface HttpServer {
  readonly url: string;
  readonly asked: Asked[];
  /** Answers that are given in turn, before `otherwise`. */
  readonly answers: Answer[];
  otherwise: Answer;
  close(): Promise<void>;
}

/** An answer of JSON. */
export function json(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Answer {
  return response => response.writeHead(status, headers).end(JSON.stringify(body));
}

export async function startHttpServer(): Promise<HttpServer> {
  const server = createServer((request, response) => {
    void text(request).then(sent => {
      const { method = '', url = '', headers } = request;
      const asked = { method, url, headers, body: sent === '' ? undefined : (JSON.parse(sent) as unknown) };
      kept.asked.push(asked);
      (kept.answers.shift() ?? kept.otherwise)(response, asked);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const kept: HttpServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    answers: [],
    otherwise: json({ metadata: { name: 'a', resourceVersion: '7' } }),
    close: async () => {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    }
  };
  return kept;
}
