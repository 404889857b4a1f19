/** Reads JSON bodies: uncompressed, nothing but `application/json`, and no more than the route has use for. */
import express, { type Request, type RequestHandler } from 'express';
import { ROUTES } from '../contract/index.js';
import { invalidInput } from './input-problems.js';

const BODY_MAX_BYTES = 256 * 1024;
/** A lock may have 8 million characters; its line ends and quotes take two bytes each in JSON. */
const LOCK_BODY_MAX_BYTES = 16 * 1024 * 1024;
/** Readings of two hours with a few kernels, or one of a thousand kernels: an agent that has more sends it in parts. */
const READINGS_BODY_MAX_BYTES = 4 * 1024 * 1024;
const LARGER: ReadonlyMap<string, number> = new Map([
  [ROUTES.createEnvironment.path, LOCK_BODY_MAX_BYTES],
  [ROUTES.inspectLock.path, LOCK_BODY_MAX_BYTES],
  ['/activity', READINGS_BODY_MAX_BYTES]
]);
const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

type Incoming = Pick<Request, 'method' | 'path'>;

/** A form that a browser posts across sites can never claim this type: requiring it is part of the defence. */
export function jsonBodyMiddlewares(): RequestHandler[] {
  return [
    requireJson,
    ...[BODY_MAX_BYTES, READINGS_BODY_MAX_BYTES, LOCK_BODY_MAX_BYTES].map(limit =>
      reader(limit, req => isWrite(req) && limitOf(req) === limit)
    )
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

function limitOf(req: Incoming): number {
  return LARGER.get(req.path) ?? BODY_MAX_BYTES;
}

/** Proxies say `Content-Length: 0` where there is nothing. */
function hasBody(req: Request): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
}
