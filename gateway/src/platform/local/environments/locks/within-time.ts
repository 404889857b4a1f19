/**
 * Ends the reading of what a stranger wrote when it takes too long. The parser that we use never ends for some short texts
 * and takes hours for others of the allowed size, and until it is done nobody else is served; so its time is limited, not
 * the ways to write a text.
 */
import { runInNewContext } from 'node:vm';
import { PlatformError } from '../../../../contract/index.js';
import { errnoOf } from '../../../../store/index.js';

/** The largest lock that is allowed takes some tenths of a second. */
const LONGEST_MS = 2_000;

/**
 * What `read` returns or throws; it must not wait for anything.
 * @param what for people, such as `uv.lock`
 * @throws PlatformError `invalid-input` when it took too long
 */
export function withinTime<T>(what: string, read: () => T): T {
  try {
    // Node ends whatever a context began, also functions of ours that are called from it.
    return runInNewContext('read()', { read }, { timeout: LONGEST_MS }) as T;
  } catch (error: unknown) {
    if (errnoOf(error) !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    const message = `The ${what} cannot be used: it takes too long to read; want one as uv writes it.`;
    throw new PlatformError('invalid-input', message, {
      problems: [{ field: 'text', message: 'it takes too long to read' }]
    });
  }
}
