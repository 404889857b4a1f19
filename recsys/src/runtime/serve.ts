/** Serves the runtime on a Unix socket in a folder of one's own. The socket is the lock: who cannot have it ends. */
import { rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { claimSocket, releaseSocket } from './claimed-socket.js';
import { Client } from './client.js';
import { type DataFolders, foldersThere, leavePlaces, makePrivate } from './data-folder.js';
import { FrameReader } from './frame.js';
import { errorFrame } from './message.js';
import { Runtime, type RuntimeOptions } from './runtime.js';

export interface ServeOptions {
  readonly folders: DataFolders;
  readonly runtime: Omit<RuntimeOptions, 'folders'>;
  /** How long it stays when the last client has left. */
  readonly idleMs: number;
}

/** How long the corpora of a runtime that was killed wait for their clients to come back. */
const LEFTOVER_MS = 600_000;
/** A client that does not read its answers is dropped. */
const MAX_UNREAD_BYTES = 2 ** 28;

/** Runs until SIGTERM, SIGINT or idleness. @returns the exit code; 0 also where another runtime serves the folder */
export async function serve({ folders: places, runtime: options, idleMs }: ServeOptions): Promise<number> {
  await makePrivate(places.folder, places.uid);
  const folders = { ...places, earlier: await foldersThere(places) };
  const server = createServer();
  const runtime = new Runtime({ ...options, folders });
  const sockets = new Set<Socket>();
  const ended = new Promise<string>(resolve => {
    let idle: NodeJS.Timeout | undefined;
    const rest = (): void => {
      clearTimeout(idle);
      idle = sockets.size > 0 ? undefined : setTimeout(() => resolve('nobody is here'), idleMs);
    };
    server.on('connection', socket => {
      sockets.add(socket);
      rest();
      void attend(runtime, socket, options.log).finally(() => {
        sockets.delete(socket);
        rest();
      });
    });
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
    rest();
  });
  if (!(await claimSocket(server, places.folder, options.pid))) {
    options.log('another runtime serves this folder');
    return 0;
  }
  // Whoever comes back to one of them has moved it by then.
  const clear = (): Promise<unknown> =>
    Promise.all([...folders.earlier].map(folder => rm(folder, { recursive: true, force: true })));
  setTimeout(() => void clear(), LEFTOVER_MS).unref();
  options.log(`ready: ${folders.folder}`);
  options.log(`ends: ${await ended}`);
  await releaseSocket(server, folders.folder, options.pid);
  for (const socket of sockets) socket.destroy();
  await runtime.close();
  await clear();
  await leavePlaces(folders);
  return 0;
}

/** One connection, until its end. */
async function attend(runtime: Runtime, socket: Socket, log: (text: string) => void): Promise<void> {
  const client = new Client(pieces => {
    if (socket.writableLength > MAX_UNREAD_BYTES) socket.destroy();
    else for (const piece of pieces) socket.write(piece);
  });
  const reader = new FrameReader();
  socket.on('data', (piece: Buffer) => {
    try {
      for (const frame of reader.push(piece)) void runtime.take(client, frame);
    } catch (error: unknown) {
      // What follows cannot be understood any more, and is not even kept.
      socket.removeAllListeners('data');
      client.send(errorFrame(null, error));
      socket.destroySoon();
    }
  });
  socket.on('error', error => log(`a connection broke: ${error.message}`));
  await new Promise<void>(resolve => socket.once('close', () => resolve()));
  await runtime.gone(client);
}
