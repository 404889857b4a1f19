/** A failure that the caller can act on; anything else that is thrown is a bug and reaches the caller as `internal`. */
export type RuntimeErrorCode =
  | 'invalid-input'
  | 'not-found'
  | 'conflict'
  | 'memory-exceeded'
  | 'too-large'
  | 'deadline-exceeded'
  | 'cancelled'
  | 'runtime-crashed'
  | 'unsupported-version'
  | 'internal';

export class RuntimeError extends Error {
  override readonly name = 'RuntimeError';
  constructor(
    readonly code: RuntimeErrorCode,
    message: string,
    /** What of the request is meant, such as `where.of[1].value`. */
    readonly field?: string
  ) {
    super(message);
  }
}

/** By shape: `instanceof` lies across realms and duplicate copies. */
export function isRuntimeError(value: unknown): value is RuntimeError {
  return (value as { name?: unknown } | undefined)?.name === 'RuntimeError';
}

/** The same for one field of a request. */
export function invalid(field: string, message: string): RuntimeError {
  return new RuntimeError('invalid-input', message, field);
}
