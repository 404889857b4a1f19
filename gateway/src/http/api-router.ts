/** `/api/v1`: every route of the contract, and nothing else. */
import { Router, type RequestHandler } from 'express';
import { type ErrorBody, type Route, ROUTES, type RouteName } from '../contract/index.js';
import type { Platform } from '../platform/platform.js';
import { apiHandlers } from './api-handlers.js';
import { bindRoute, expressPath } from './bind-route.js';
import { requestIdOf } from './request-id.js';

export function apiRouter(platform: Platform, options: { readonly checkAnswers: boolean }): Router {
  const router = Router({ caseSensitive: true });
  const handlers = apiHandlers(platform);
  const methods = new Map<string, string[]>();
  for (const name of Object.keys(ROUTES) as RouteName[]) {
    const route: Route = ROUTES[name];
    bindRoute(router, route, handlers[name], options.checkAnswers);
    methods.set(route.path, [...(methods.get(route.path) ?? []), route.method.toUpperCase()]);
  }
  for (const [path, allowed] of methods) router.all(expressPath(path), methodNotAllowed(allowed));
  return router;
}

/** The one status that no code of the contract stands for: it is about HTTP, not about Berth. */
function methodNotAllowed(allowed: readonly string[]): RequestHandler {
  return (req, res) => {
    const message = `There is no ${req.method} here, only ${allowed.join(' and ')}.`;
    const body: ErrorBody = { code: 'invalid-input', message, requestId: requestIdOf(res) };
    res.status(405).setHeader('Allow', allowed.join(', ')).json(body);
  };
}
