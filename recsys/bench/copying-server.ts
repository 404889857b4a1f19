/** What notebooks do without a shared file: an HTTP server on loopback that copies what it is sent into memory of its own. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CopyingServer {
  readonly port: number;
  close(): void;
}

export async function copyingServer(): Promise<CopyingServer> {
  const server = createServer((request, response) => {
    receive(request).then(
      array => response.end(`${array.byteLength}`),
      (error: unknown) => response.destroy(error as Error)
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

/** The body as the array that a search would use, copied once. */
async function receive(request: IncomingMessage): Promise<Float32Array> {
  const array = new Float32Array(Number(request.headers['content-length']) / Float32Array.BYTES_PER_ELEMENT);
  const bytes = Buffer.from(array.buffer);
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) length += chunk.copy(bytes, length);
  if (length !== bytes.length) throw new Error(`the body has ${length} bytes, not ${bytes.length}`);
  return array;
}
