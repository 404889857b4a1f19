/** Streams a text to the client, no faster than the client reads. */
import { once } from 'node:events';
import type { Response } from 'express';

export interface TextAnswer {
  /** Safe for a header as it is: letters, digits, `.`, `_` and `-`. */
  readonly fileName: string;
  readonly text: AsyncIterable<string>;
}

/**
 * Headers go out with the first piece, so that a failure before it is still a proper error.
 * @param signal aborted when the client has gone: the source is closed.
 */
export async function sendText(res: Response, answer: TextAnswer, status: number, signal: AbortSignal): Promise<void> {
  res.status(status).type('text/plain; charset=utf-8');
  res.setHeader('Content-Disposition', `attachment; filename="${answer.fileName}"`);
  for await (const piece of answer.text) {
    signal.throwIfAborted();
    if (!res.write(piece)) await once(res, 'drain', { signal });
  }
  res.end();
}
