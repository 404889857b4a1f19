/** The one place where a failure becomes an answer: the closed codes by their table, anything else a silent 500. */
import type { ErrorRequestHandler, Request, Response } from 'express';
import { type ErrorBody, HTTP_STATUS, isPlatformError, PlatformError } from '../contract/index.js';
import { discardBody } from './discard-body.js';
import { sizeWords } from './json-body.js';
import type { Logger } from './logger.js';
import { requestIdOf } from './request-id.js';

/** Status and body for a failure. What is not a `PlatformError` is a bug: its details stay here. */
export function errorAnswer(error: unknown, requestId: string): { status: number; body: ErrorBody } {
  if (!isPlatformError(error)) {
    const message = 'Something went wrong inside the gateway; its log has the details under this request id.';
    return { status: 500, body: { code: 'internal', message, requestId } };
  }
  const problems = error.problems.length === 0 ? {} : { problems: [...error.problems] };
  return {
    status: HTTP_STATUS[error.code],
    body: { code: error.code, message: error.message, requestId, ...problems }
  };
}

/** The last middleware. Logs what is a bug, once; a client that has gone gets nothing. */
export function errorMiddleware(logger: Logger): ErrorRequestHandler {
  return async (thrown: unknown, req: Request, res: Response, _next): Promise<void> => {
    const error = fromExpress(thrown);
    if (!isPlatformError(error) && !(isAbort(error) && res.closed)) {
      logger.error('request failed', { requestId: requestIdOf(res), method: req.method, path: req.path, error });
    }
    if (res.headersSent || res.destroyed) {
      res.destroy();
      return;
    }
    await discardBody(req);
    const { status, body } = errorAnswer(error, requestIdOf(res));
    res.removeHeader('Content-Disposition');
    res.status(status).type('json').json(body);
  };
}

/** By the `type`, `status` and `limit` that body-parser and the router put on what they throw. */
function fromExpress(error: unknown): unknown {
  if (isPlatformError(error)) return error;
  const { type, status, limit } = (error ?? {}) as { type?: unknown; status?: unknown; limit?: unknown };
  if (type === 'entity.parse.failed') return bodyError('is not valid JSON; want one JSON object', error);
  if (type === 'entity.too.large') return tooLarge(limit, error);
  if (type === 'encoding.unsupported') return bodyError('is compressed; want it plain', error);
  if (type === 'charset.unsupported') return bodyError('is not in UTF-8; want UTF-8', error);
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new PlatformError('invalid-input', 'The request is not valid: it cannot be read.', { cause: error });
  }
  return error;
}

function tooLarge(limit: unknown, cause: unknown): PlatformError {
  const most = typeof limit === 'number' ? `; at most ${sizeWords(limit)} fit` : '';
  return new PlatformError('too-large', `The request is too large${most}.`, { cause });
}

function bodyError(message: string, cause: unknown): PlatformError {
  return new PlatformError('invalid-input', `The request is not valid: body ${message}`, {
    cause,
    problems: [{ field: 'body', message }]
  });
}

/** By shape, as `isPlatformError` does. */
function isAbort(error: unknown): boolean {
  return (error as { name?: unknown } | null)?.name === 'AbortError';
}
