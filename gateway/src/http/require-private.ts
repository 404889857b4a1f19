/** The folder of the socket: it may be one that the gateway does not own, so it is checked and never changed. */
import { mkdir, stat } from 'node:fs/promises';

/**
 * Makes a folder that may be shared with others where it is missing, and otherwise only looks at it: `/tmp` must never be
 * changed just because somebody put a socket there.
 * @throws Error when others can enter it.
 */
export async function requirePrivate(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { mode, uid } = await stat(folder);
  if ((mode & 0o077) !== 0 || uid !== process.getuid?.()) {
    throw new Error(`others can enter ${folder}: the socket needs a folder of its own, mode 0700`);
  }
}
