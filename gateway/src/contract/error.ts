/** The one error shape of the API: a stable code, a sentence for people, and what was wrong where. */
import { z } from 'zod';

/** Every code and its HTTP status. Codes are stable API; messages are for people and may change. */
export const HTTP_STATUS = {
  'invalid-input': 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'too-large': 413,
  'never-fits': 422,
  'too-many-requests': 429,
  'shutting-down': 503,
  'storage-full': 507
} as const;
export type ErrorCode = keyof typeof HTTP_STATUS;
const ERROR_CODES = Object.keys(HTTP_STATUS) as [ErrorCode, ...ErrorCode[]];

export const Problem = z
  .strictObject({
    field: z.string().describe('Where: a path in the request, such as `processes`, or a cell, such as `cell 3`'),
    message: z.string().describe('What is wrong and what would be right')
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;

export const ErrorBody = z
  .strictObject({
    code: z.enum([...ERROR_CODES, 'internal']),
    message: z.string(),
    requestId: z.string(),
    problems: z.array(Problem).optional()
  })
  .meta({ id: 'Error' });
export type ErrorBody = z.infer<typeof ErrorBody>;

/** A failure the caller can act on. Anything else that is thrown is a bug and becomes a 500. */
export class PlatformError extends Error {
  override readonly name = 'PlatformError';
  readonly code: ErrorCode;
  readonly problems: readonly Problem[];

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; problems?: readonly Problem[] } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.problems = options.problems ?? [];
  }
}

/** By shape: `instanceof` lies across realms and duplicate copies, and Jest runs tests in its own realm. */
export function isPlatformError(value: unknown): value is PlatformError {
  const { name, code } = (value ?? {}) as { name?: unknown; code?: unknown };
  return name === 'PlatformError' && typeof code === 'string' && Object.hasOwn(HTTP_STATUS, code);
}
