/** Where Berth keeps what it has downloaded or made and can make again: the gateway's cache. */
import path from 'node:path';

export function cacheFolder(): string {
  const { BERTH_CACHE_DIR, XDG_CACHE_HOME, HOME } = process.env;
  return path.resolve(BERTH_CACHE_DIR ?? path.join(XDG_CACHE_HOME ?? `${HOME}/.cache`, 'berth'));
}
