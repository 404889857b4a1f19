/** What the API server's refusal of a write means for the person who waits. */
import type { Refusal } from '../../plan/workspace/index.js';
import { isApiError } from '../../runtime/api-error.js';

const FORBIDDEN = 403;
const INVALID = 422;

/** Undefined for what may be well the next time: then the error is to be thrown again. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!isApiError(error)) return undefined;
  if (error.status === FORBIDDEN) {
    const isQuota = error.message.includes('exceeded quota');
    return { kind: isQuota ? 'quota' : 'refused', message: error.message };
  }
  return error.status === INVALID ? { kind: 'refused', message: error.message } : undefined;
}
