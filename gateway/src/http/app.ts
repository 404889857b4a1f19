/** Puts the HTTP half together: who may come in, what is read of a request, where it goes, how failures are answered. */
import express, { type Express, type RequestHandler } from 'express';
import type { TokenCheck } from '../auth/token.js';
import { PlatformError } from '../contract/index.js';
import type { Platform } from '../platform/platform.js';
import { apiRouter } from './api-router.js';
import { errorMiddleware } from './error-answer.js';
import { type Health, internalRouter } from './internal-router.js';
import { jsonBodyMiddlewares } from './json-body.js';
import type { Leases } from './leases.js';
import type { Logger } from './logger.js';
import { requestIdMiddleware } from './request-id.js';
import type { Timers } from './timers.js';

export interface AppDeps {
  readonly platform: Platform;
  readonly isToken: TokenCheck;
  readonly leases: Leases;
  readonly health: Health;
  readonly logger: Logger;
  readonly timers: Timers;
  readonly newRequestId: () => string;
  /** Aborted when the gateway ends: leases end with it, and what still arrives on open connections is sent away. */
  readonly closing: AbortSignal;
  readonly checkAnswers: boolean;
}

export function createApp(deps: AppDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  app.use(requestIdMiddleware(deps.newRequestId), securityHeaders);
  app.use(requireToken(deps.isToken), refuseWhileClosing(deps.closing));
  app.use('/internal', internalRouter(deps));
  app.use('/api/v1', ...jsonBodyMiddlewares(), apiRouter(deps.platform, deps));
  app.use(notFound, errorMiddleware(deps.logger));
  return app;
}

const securityHeaders: RequestHandler = (_req, res, next) => {
  res.setHeader('X-Content-Type-Options', 'nosniff');
  res.setHeader('Cache-Control', 'no-store');
  next();
};

function requireToken(isToken: TokenCheck): RequestHandler {
  return (req, _res, next) => {
    if (!isToken(req.headers.authorization)) {
      throw new PlatformError('unauthenticated', 'The request carries no valid token.');
    }
    next();
  };
}

function refuseWhileClosing(closing: AbortSignal): RequestHandler {
  return (_req, res, next) => {
    if (!closing.aborted) return next();
    res.setHeader('Connection', 'close');
    throw new PlatformError('shutting-down', 'The gateway ends; try again in a moment.');
  };
}

const notFound: RequestHandler = req => {
  throw new PlatformError('not-found', `There is nothing at ${req.path.slice(0, 200)}.`);
};
