/** A client that is cut off while it still sends may never see its answer; so what it sends is taken in first, within reason. */
import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream/promises';

const MAX_BYTES = 32 * 1024 * 1024;

/** Resolves when the whole body has come, or so much of it that nobody need wait for the rest. */
export async function discardBody(req: IncomingMessage): Promise<void> {
  if (req.complete || req.destroyed) return;
  const enough = new AbortController();
  let bytes = 0;
  req.on('data', (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > MAX_BYTES) enough.abort();
  });
  req.resume();
  await finished(req, { writable: false, signal: enough.signal }).catch(() => undefined); // gone, or enough
  if (enough.signal.aborted) req.pause();
}
