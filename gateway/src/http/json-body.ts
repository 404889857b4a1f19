/** Reads JSON bodies: uncompressed, nothing but `application/json`, and no more than the route has use for. */
import express, { type Request, type RequestHandler } from 'express';
import { ROUTES } from '../contract/index.js';
import { invalidInput } from './input-problems.js';

const BODY_MAX_BYTES = 256 * 1024;
/** A lock may have 8 million characters; its line ends and quotes take two bytes each in JSON. */
const LOCK_BODY_MAX_BYTES = 16 * 1024 * 1024;
const WITH_LOCK: ReadonlySet<string> = new Set([ROUTES.createEnvironment.path, ROUTES.inspectLock.path]);
const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

type Incoming = Pick<Request, 'method' | 'path'>;

/** A form that a browser posts across sites can never claim this type: requiring it is part of the defence. */
export function jsonBodyMiddlewares(): RequestHandler[] {
  return [
    requireJson,
    reader(BODY_MAX_BYTES, req => isWrite(req) && !hasLock(req)),
    reader(LOCK_BODY_MAX_BYTES, req => isWrite(req) && hasLock(req))
  ];
}

/** How large a body may be, in words. */
export function sizeWords(bytes: number): string {
  return bytes >= 1024 * 1024 ? `${Math.floor(bytes / (1024 * 1024))} MiB` : `${Math.floor(bytes / 1024)} KiB`;
}

function reader(limit: number, isFor: (req: Incoming) => boolean): RequestHandler {
  return express.json({ limit, inflate: false, strict: false, type: req => isFor(req as Request) });
}

const requireJson: RequestHandler = (req, _res, next) => {
  if (!isWrite(req) || !hasBody(req) || req.is('application/json') === 'application/json') return next();
  const given = req.headers['content-type'] ?? 'not set';
  throw invalidInput([{ field: 'Content-Type', message: `is ${given}; want application/json` }]);
};

function isWrite(req: Incoming): boolean {
  return WRITES.has(req.method);
}

function hasLock(req: Incoming): boolean {
  return WITH_LOCK.has(req.path);
}

/** Proxies say `Content-Length: 0` where there is nothing. */
function hasBody(req: Request): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
}
