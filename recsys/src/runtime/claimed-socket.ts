/**
 * A socket that at most one process has, whenever they start: it is listened on under a name of one's own, and then linked to the common name, which
 * succeeds once. What a killed process has left there is moved aside first, and put back if it turns out to be alive.
 */
import { once } from 'node:events';
import { chmod, link, rename, stat, unlink } from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import { join } from 'node:path';

/** Names are short: the path of a Unix socket has room for about a hundred bytes. */
const COMMON = 'runtime.sock';
const TRIES = 10;

/** Makes `server` listen in `folder`; false where another process does. */
export async function claimSocket(server: Server, folder: string, pid: number): Promise<boolean> {
  const [common, own, aside] = [join(folder, COMMON), join(folder, `.s${pid}`), join(folder, `.a${pid}`)];
  await unlink(own).catch(ifThere);
  server.listen(own);
  await once(server, 'listening');
  await chmod(own, 0o600);
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (await isLinked(own, common)) return true;
    if (await isServed(common)) break;
    await rename(common, aside).catch(ifThere);
    if (await isServed(aside)) await isLinked(aside, common);
    await unlink(aside).catch(ifThere);
  }
  server.close(); // which removes its own name
  return false;
}

/** Gives the common name back, if it is still this server's. */
export async function releaseSocket(server: Server, folder: string, pid: number): Promise<void> {
  const common = join(folder, COMMON);
  const [own, now] = await Promise.all(
    [join(folder, `.s${pid}`), common].map(path => stat(path).catch(() => undefined))
  );
  if (own !== undefined && own.ino === now?.ino) await unlink(common).catch(ifThere);
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
