/** Turns "the disk is full" from the file system into the error that a person can act on. */
import { PlatformError } from '../contract/index.js';

const FULL = new Set(['ENOSPC', 'EDQUOT']);

/** The `code` of a Node system error, such as `ENOENT`; undefined for anything else. */
export function errnoOf(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}

/**
 * A `storage-full` error where the disk or the quota is exhausted; any other error comes back as it is.
 * @param what where it was to be written, such as `the folder /data/bundles`
 */
export function asStorageError(error: unknown, what: string): unknown {
  if (!FULL.has(errnoOf(error) ?? '')) return error;
  return new PlatformError('storage-full', `There is no space left in ${what}. Free some space there and try again.`, {
    cause: error
  });
}
