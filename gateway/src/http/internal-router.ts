/** `/internal`: for the Jupyter server's half only, which does not forward these paths to browsers. */
import { Router, type RequestHandler } from 'express';
import { internalActivityRoutes } from './internal-activity-routes.js';
import type { ActivityPlatform } from './internal-activity-routes.js';
import { internalKernelRoutes } from './internal-kernel-routes.js';
import type { InternalPlatform } from './internal-kernel-routes.js';
import { jsonBodyMiddlewares } from './json-body.js';
import type { Leases } from './leases.js';
import type { Timers } from './timers.js';

/** Often enough for both ends, and anything between them, to notice a dead connection. */
const HEARTBEAT_MS = 15_000;

export interface Health {
  readonly version: string;
  readonly pid: number;
  readonly startedAtMs: number;
}

export interface InternalDeps {
  readonly platform: InternalPlatform & ActivityPlatform;
  readonly health: Health;
  readonly leases: Leases;
  readonly timers: Timers;
  readonly closing: AbortSignal;
  readonly checkAnswers: boolean;
}

export function internalRouter(deps: InternalDeps): Router {
  const router = Router({ caseSensitive: true });
  router.get('/health', (_req, res) => {
    res.json({ ...deps.health, leases: deps.leases.count });
  });
  router.get('/lease', lease(deps));
  router.use(...jsonBodyMiddlewares());
  internalKernelRoutes(router, deps.platform, deps);
  internalActivityRoutes(router, deps.platform, deps);
  return router;
}

/** An answer that ends only with the gateway: while it is open, the gateway goes on. A dead holder's socket closes by itself. */
function lease({ leases, timers, closing }: InternalDeps): RequestHandler {
  return (_req, res) => {
    const giveBack = leases.take();
    const stopHeartbeat = timers.every(HEARTBEAT_MS, () => res.write('\n'));
    const end = (): unknown => res.end();
    closing.addEventListener('abort', end);
    res.once('close', () => {
      closing.removeEventListener('abort', end);
      stopHeartbeat();
      giveBack();
    });
    res.type('text/plain').write('\n');
  };
}
