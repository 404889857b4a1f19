/** Names each request, so that an answer and a line in the log can be put side by side. */
import type { RequestHandler, Response } from 'express';

/** Gives each request an id and tells it the client. */
export function requestIdMiddleware(newId: () => string): RequestHandler {
  return (_req, res, next) => {
    const id = newId();
    res.locals['requestId'] = id;
    res.setHeader('X-Request-Id', id);
    next();
  };
}

export function requestIdOf(res: Response): string {
  return String(res.locals['requestId'] ?? '');
}
