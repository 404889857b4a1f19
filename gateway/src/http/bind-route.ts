/** Binds one route of the contract: parse, call, check, send. There is no second way to make an endpoint of `/api/v1`. */
import type { Request, Response, Router } from 'express';
import { z } from 'zod';
import { actorOf } from '../auth/actor.js';
import type { Route, ROUTES, RouteName } from '../contract/index.js';
import type { Actor } from '../platform/platform.js';
import { parseInput } from './input-problems.js';
import { sendText, type TextAnswer } from './text-answer.js';

type Parsed<R, K extends string> = R extends { readonly [key in K]: infer S extends z.ZodType }
  ? z.output<S>
  : undefined;

/** What a handler gets: everything parsed, and who asks. */
export interface Call<R> {
  readonly actor: Actor;
  readonly params: Parsed<R, 'params'>;
  readonly query: Parsed<R, 'query'>;
  readonly body: Parsed<R, 'body'>;
  /** Aborted when the client has gone before it was answered. */
  readonly signal: AbortSignal;
}

/** One handler for each route; what they give is held against the schema of the answer. */
export type Handlers = {
  readonly [Name in RouteName]: (
    call: Call<(typeof ROUTES)[Name]>
  ) => Promise<(typeof ROUTES)[Name]['answer'] extends { readonly mediaType: string } ? TextAnswer : unknown>;
};

type AnyHandler = (call: Call<unknown>) => Promise<unknown>;

const NO_BODY = z.strictObject({}).optional();
/** JupyterLab's requests end in `?<now>` to get around caches. */
const CACHE_BUSTER = /^\d{10,16}$/;

/** The pattern of Express for a path of the contract: `/runs/{id}` → `/runs/:id`. */
export function expressPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

/** @param checkAnswer hold the answer against its schema; a wrong one becomes a 500. */
export function bindRoute(router: Router, route: Route, handler: AnyHandler, checkAnswer: boolean): void {
  router[route.method](expressPath(route.path), async (req, res) => {
    const signal = goneSignal(res);
    const answer = await handler(callOf(route, req, signal));
    if (route.answer.mediaType !== undefined) {
      await sendText(res, answer as TextAnswer, route.answer.status, signal);
      return;
    }
    const { schema, status } = route.answer;
    if (schema === null) {
      res.status(status).end();
      return;
    }
    if (checkAnswer) schema.parse(answer);
    res.status(status).json(answer);
  });
}

function callOf(route: Route, req: Request, signal: AbortSignal): Call<unknown> {
  const parsed = {
    params: route.params && parseInput(route.params, { ...req.params }, 'path'),
    query: route.query && parseInput(route.query, queryOf(req), 'query'),
    body: parseInput(route.body ?? NO_BODY, req.body as unknown, 'body')
  };
  return { actor: actorOf(req.headers), signal, ...parsed } as unknown as Call<unknown>;
}

function queryOf(req: Request): Record<string, unknown> {
  const given = Object.entries(req.query as Record<string, unknown>);
  return Object.fromEntries(given.filter(([key, value]) => !(value === '' && CACHE_BUSTER.test(key))));
}

function goneSignal(res: Response): AbortSignal {
  const controller = new AbortController();
  res.once('close', () => {
    if (!res.writableFinished) controller.abort();
  });
  return controller.signal;
}
