/** Tells that uv did not answer from all that can be wrong with what it was asked: it may answer the next time. */

export class UvHangs extends Error {
  override readonly name = 'UvHangs';

  constructor() {
    super('uv does not answer: it hangs, or this machine is very busy');
  }
}

/** @param error of a command whose signal was a timeout, or had one in it; any other is returned as it is */
export function asUvHangs(error: unknown): unknown {
  return nameOf(error) === 'TimeoutError' ? new UvHangs() : error;
}

export function isUvHangs(error: unknown): boolean {
  return nameOf(error) === 'UvHangs';
}

/** By shape, as for our other errors: a timeout is no Error of every realm. */
function nameOf(error: unknown): unknown {
  return (error as { name?: unknown } | null | undefined)?.name;
}
