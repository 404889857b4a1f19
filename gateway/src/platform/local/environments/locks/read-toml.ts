/** Reads TOML that anybody may have written, into a shape that was asked for. */
import { parse } from 'smol-toml';
import type { z, ZodType } from 'zod';
import { PlatformError, type Problem } from '../../../../contract/index.js';

/** A lock of some hundred packages for all platforms is below 2 MB. */
export const LOCK_MAX_CHARACTERS = 8_000_000;
/** `package.wheels.hashes` of a pylock.toml is the deepest, with arrays counted. */
const DEEPEST = 10;
/** A line that begins with more names, each of which would be one table deeper. */
const DOTTED = /^[ \t[]*(?:[\w-]+[ \t]*\.[ \t]*){10}/m;
const MOST_PROBLEMS = 20;

/**
 * Can take hours for a text that is made for it: callers limit its time (`withinTime`).
 * @param what for people, such as `uv.lock`
 * @throws PlatformError `invalid-input` naming what is wrong where
 */
export function readToml<Schema extends ZodType>(text: string, what: string, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(parseToml(text, what));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues
    .slice(0, MOST_PROBLEMS)
    .map(issue => ({ field: issue.path.map(String).join('.'), message: issue.message }));
  throw unreadable(what, problems);
}

function parseToml(text: string, what: string): unknown {
  if (text.length > LOCK_MAX_CHARACTERS) {
    throw new PlatformError('too-large', `The ${what} has more than ${LOCK_MAX_CHARACTERS} characters.`);
  }
  if (DOTTED.test(text)) {
    throw unreadable(what, [{ field: 'text', message: `want keys of at most ${DEEPEST} names with dots between` }]);
  }
  try {
    // The parser looks for the end of a comment's line for ever where the text ends in it.
    return parse(`${text.replace(/^\uFEFF/, '')}\n`, { maxDepth: DEEPEST });
  } catch (error: unknown) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    const line = (error as { line?: unknown }).line;
    const field = typeof line === 'number' ? `line ${line}` : 'text';
    throw unreadable(what, [{ field, message: reason.replace(/^Invalid TOML document: /, '') }], error);
  }
}

/** @param problems at least one; the first is said in the message as well */
export function unreadable(what: string, problems: readonly Problem[], cause?: unknown): PlatformError {
  const [first] = problems;
  const where = first === undefined ? '' : `: ${first.field}: ${first.message}`;
  return new PlatformError('invalid-input', `The ${what} cannot be used${where}`, { problems, cause });
}
