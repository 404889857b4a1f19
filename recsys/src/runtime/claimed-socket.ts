/**
 * A socket that at most one process has, whenever they start: it is listened on under a name of one's own, and then linked to the common name, which
 * succeeds once. What a killed process has left there may be removed by one process at a time: by whoever has linked its own socket to a name made of
 * the inode that is to go. That link dies with its process too, and is removed in the same way.
 */
import { once } from 'node:events';
import { chmod, link, stat, unlink } from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** Names are short: the path of a Unix socket has room for about a hundred bytes. */
const COMMON = 'runtime.sock';
const TRIES = 200;
const RETRY_MS = 5;
/** Of processes that were killed while they removed what another one had left, which had been killed so too, and so on. */
const MAX_DEPTH = 8;

/** Makes `server` listen in `folder`; false where another process does. */
export async function claimSocket(server: Server, folder: string, pid: number): Promise<boolean> {
  const [common, own] = [join(folder, COMMON), join(folder, `.s${pid}`)];
  await unlink(own).catch(ifThere);
  server.listen(own);
  await once(server, 'listening');
  await chmod(own, 0o600);
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (await isLinked(own, common)) return true;
    if (await isServed(common)) break;
    if (!(await isCleared(folder, common, own))) await wait(RETRY_MS);
  }
  server.close(); // which removes its own name
  return false;
}

/** Removes a socket that nobody listens on, unless another process is at it. @returns whether there is nothing to wait for */
async function isCleared(folder: string, path: string, own: string, depth = 0): Promise<boolean> {
  const inode = await inodeOf(path);
  if (inode === undefined) return true;
  const right = join(folder, `.d${inode}`);
  if (!(await isLinked(own, right))) {
    if (depth < MAX_DEPTH && !(await isServed(right))) await isCleared(folder, right, own, depth + 1);
    return false;
  }
  // Nobody else removes a file of this inode now, so what is seen here is still so when it is removed.
  if ((await inodeOf(path)) === inode && !(await isServed(path))) await unlink(path).catch(ifThere);
  await unlink(right);
  return true;
}

async function inodeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ ino }) => ino,
    () => undefined
  );
}

/** Gives the common name back, if it is still this server's. */
export async function releaseSocket(server: Server, folder: string, pid: number): Promise<void> {
  const common = join(folder, COMMON);
  const [own, now] = await Promise.all([join(folder, `.s${pid}`), common].map(inodeOf));
  if (own !== undefined && own === now) await unlink(common).catch(ifThere);
  server.close();
}

/** False where something of the new name is there. */
async function isLinked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error: unknown) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function isServed(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function ifThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
