/** Reads JSON bodies: at most 256 KiB, uncompressed, and nothing but `application/json`. */
import express, { type Request, type RequestHandler } from 'express';
import { invalidInput } from './input-problems.js';

const BODY_MAX_BYTES = 256 * 1024;
const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** A form that a browser posts across sites can never claim this type: requiring it is part of the defence. */
export function jsonBodyMiddlewares(): RequestHandler[] {
  return [requireJson, express.json({ limit: BODY_MAX_BYTES, inflate: false, strict: false, type: isWrite })];
}

const requireJson: RequestHandler = (req, _res, next) => {
  if (!isWrite(req) || !hasBody(req) || req.is('application/json') === 'application/json') return next();
  const given = req.headers['content-type'] ?? 'not set';
  throw invalidInput([{ field: 'Content-Type', message: `is ${given}; want application/json` }]);
};

function isWrite(req: { method?: string | undefined }): boolean {
  return WRITES.has(req.method ?? '');
}

/** Proxies say `Content-Length: 0` where there is nothing. */
function hasBody(req: Request): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
}
