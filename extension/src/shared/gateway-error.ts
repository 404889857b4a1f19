/** What a request to the gateway can fail with: the body of the API's one error shape, or why there was no answer. */
import type { ErrorBody, Problem } from '@berth/gateway/contract';

/**
 * `unreachable`: no answer at all. `gateway-unavailable`: the Jupyter server answers, the gateway behind it does not.
 * `not-saved`: the request was not even sent, the notebook could not be saved.
 */
export type GatewayErrorCode =
  ErrorBody['code'] | 'gateway-unavailable' | 'unreachable' | 'unexpected-answer' | 'not-saved';

export class GatewayError extends Error {
  override readonly name = 'GatewayError';

  constructor(
    readonly code: GatewayErrorCode,
    message: string,
    readonly requestId: string | null = null,
    readonly problems: readonly Problem[] = []
  ) {
    super(message);
  }
}

/** The error in an answer that is not a good one; any body at all is accepted, it may come from a proxy on the way. */
export function errorOf(status: number, body: unknown): GatewayError {
  const { code, message, requestId, problems } = (body ?? {}) as Partial<ErrorBody>;
  if (typeof code === 'string' && typeof message === 'string') {
    const where = Array.isArray(problems) ? problems : [];
    return new GatewayError(code, message, typeof requestId === 'string' ? requestId : null, where);
  }
  const said = typeof message === 'string' ? `: ${message}` : '';
  return new GatewayError('unexpected-answer', `The server answered with status ${status}${said}`);
}

/** Whatever was thrown, as something that can be shown. */
export function toGatewayError(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  return new GatewayError('unreachable', thrown instanceof Error ? thrown.message : String(thrown));
}
