/** A server on a Unix socket that only its owner can reach: taking the path, and letting go of it in good order. */
import { once } from 'node:events';
import { lstat, unlink } from 'node:fs/promises';
import type { Server } from 'node:http';
import { connect } from 'node:net';

/**
 * Listens at `path`, mode 0600 from the first moment on.
 * @throws Error when the path is not free.
 */
export async function listenPrivately(server: Server, path: string): Promise<void> {
  await requireFree(path);
  const umask = process.umask(0o177);
  try {
    server.listen(path); // binds before it returns, so the umask covers exactly this
  } finally {
    process.umask(umask);
  }
  await once(server, 'listening');
}

/**
 * Takes no new connections, waits until what is under way is answered, but not longer than `deadline`.
 * @param deadline aborted when patience ends: open connections are cut.
 */
export async function drain(server: Server, deadline: AbortSignal): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const cut = (): void => server.closeAllConnections();
  if (deadline.aborted) cut();
  deadline.addEventListener('abort', cut, { once: true });
  await closed;
  deadline.removeEventListener('abort', cut);
}

/**
 * Makes sure that nobody has the path: a socket that a killed gateway left behind is removed.
 * @throws Error when something answers there, or the path is taken by what is no socket.
 */
export async function requireFree(path: string): Promise<void> {
  const found = await lstat(path).catch(ignoreMissing);
  if (found === undefined) return;
  if (!found.isSocket()) throw new Error(`${path} is in the way: it is no socket`);
  if (await somebodyAnswers(path)) throw new Error(`another gateway answers at ${path}`);
  await unlink(path).catch(ignoreMissing);
}

/** Only a refused connection proves that nobody listens; any other outcome must not cost a living gateway its socket. */
async function somebodyAnswers(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch (error: unknown) {
    const { code } = error as NodeJS.ErrnoException;
    return code !== 'ECONNREFUSED' && code !== 'ENOENT';
  } finally {
    socket.destroy();
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
