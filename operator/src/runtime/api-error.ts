/** What the API server refused, in the terms of its own Status object. */

export interface ApiErrorParts {
  readonly status: number;
  readonly reason?: string | undefined;
  readonly causes?: readonly string[];
  readonly retryAfterMs?: number | undefined;
}

/** An answer that is no success. The message is the server's sentence alone: bodies and headers hold secrets, and messages are logged. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** Status.reason, such as `Conflict`; '' if there was none. */
  readonly reason: string;
  /** The reasons of the causes that Status.details names. */
  readonly causes: readonly string[];
  readonly retryAfterMs: number | undefined;

  constructor(message: string, { status, reason = '', causes = [], retryAfterMs }: ApiErrorParts) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.causes = causes;
    this.retryAfterMs = retryAfterMs;
  }
}

/** By shape: `instanceof` lies across realms. With `status`: an answer of that status only. */
export function isApiError(value: unknown, status?: number): value is ApiError {
  const { name, status: has } = (value ?? {}) as { name?: unknown; status?: unknown };
  return name === 'ApiError' && (status === undefined ? typeof has === 'number' : has === status);
}

/** The version asked for is gone: whoever lists or watches must begin anew. */
export function isExpired(value: unknown): boolean {
  return isApiError(value, 410) || (isApiError(value) && value.reason === 'Expired');
}

/** The version asked for is ahead of the server: it lags behind another one, or its store was restored from a snapshot. */
export function isAheadOfServer(value: unknown): boolean {
  return isApiError(value) && value.causes.includes('ResourceVersionTooLarge');
}

interface Status {
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: { readonly retryAfterSeconds?: number; readonly causes?: readonly { readonly reason?: string }[] };
}

/** The error that a Status says. What is none (a proxy's page, a broken answer) yields the status code alone. */
export function apiErrorOf(body: unknown, httpStatus: number, retryAfter?: string): ApiError {
  const { kind } = (body ?? {}) as { kind?: unknown };
  const { message, reason, code = httpStatus, details = {} } = (kind === 'Status' ? body : {}) as Status;
  const retryAfterS = Number(retryAfter ?? details.retryAfterSeconds);
  return new ApiError(message ?? `the API server answered with status ${code}`, {
    status: code,
    reason,
    causes: (details.causes ?? []).flatMap(cause => cause.reason ?? []),
    retryAfterMs: retryAfterS >= 0 ? retryAfterS * 1000 : undefined
  });
}
