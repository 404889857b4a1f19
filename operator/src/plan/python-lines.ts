/**
 * Decides where a logical line of Python ends, so that `%`, `!` and `?` are taken for a magic only where IPython does.
 *
 * It knows strings (triple-quoted, raw, f-strings as plain strings), comments, brackets and backslashes; no grammar. An
 * f-string that nests its own kind of quote (Python 3.12) reads as two strings with code between them, which is as good here.
 */

/** One logical line of a text. */
export interface LogicalLine {
  /** Where it ends in the text: at a line feed, or at the end of the text. */
  readonly end: number;
  /** The code in one line, with `""` for each string and without comments. */
  readonly code: string;
  /** What was still open when the text came to its end. */
  readonly unfinished?: 'string' | 'bracket' | 'backslash';
}

interface Token {
  readonly end: number;
  readonly code: string;
  readonly unfinished?: 'string' | 'backslash';
}

/** The logical line that begins at `from`. Cost: each character is looked at once. */
export function logicalLine(text: string, from: number): LogicalLine {
  let at = from;
  let depth = 0;
  let code = '';
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === '\n' && depth === 0) return { end: at, code };
    if ('([{'.includes(char)) depth += 1;
    if (')]}'.includes(char)) depth = Math.max(0, depth - 1);
    const token = tokenAt(text, at);
    at = token.end;
    code += token.code;
    if (token.unfinished !== undefined) return { end: at, code, unfinished: token.unfinished };
  }
  return depth > 0 ? { end: at, code, unfinished: 'bracket' } : { end: at, code };
}

function tokenAt(text: string, at: number): Token {
  const char = text.charAt(at);
  if (char === '"' || char === "'") return stringAt(text, at);
  if (char === '#') {
    const end = text.indexOf('\n', at);
    return { end: end < 0 ? text.length : end, code: '' };
  }
  if (char === '\n') return { end: at + 1, code: ' ' };
  if (char !== '\\') return { end: at + 1, code: char };
  if (at === text.length - 1) return { end: text.length, code: '', unfinished: 'backslash' };
  return text.charAt(at + 1) === '\n' ? { end: at + 2, code: ' ' } : { end: at + 1, code: char };
}

/** A string of one line that is not closed in it is an error, for Python to name. */
function stringAt(text: string, at: number): Token {
  const quote = text.charAt(at);
  const triple = text.startsWith(quote.repeat(3), at);
  const close = triple ? quote.repeat(3) : quote;
  let end = at + close.length;
  while (end < text.length && !text.startsWith(close, end)) {
    if (!triple && text.charAt(end) === '\n') return { end, code: '""' };
    end += text.charAt(end) === '\\' ? 2 : 1;
  }
  if (end < text.length) return { end: end + close.length, code: '""' };
  return triple || end > text.length
    ? { end: text.length, code: '""', unfinished: 'string' }
    : { end: text.length, code: '""' };
}
