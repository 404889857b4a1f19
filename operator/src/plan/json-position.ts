/** Decides where a text stops being JSON, in lines and columns, as an editor shows them. */

const TOKEN =
  /[ \t\r\n]+|[{}[\],:]|"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** Pairs of neighbours that may be JSON; `v` is any string, number or word. */
const FOLLOWS = /^(?:\[[v[{\]]|\{[v}]|[,:][v[{]|[v\]}][,:\]}])$/;

/**
 * Where the parser gave up, e.g. "line 3, column 7". The engine's message names the position only for some errors;
 * for the others it is the first place that is no token of JSON, or else the end of the text.
 */
export function jsonErrorPosition(text: string, error: unknown): string {
  const said = isErrorLike(error) ? /at position (\d+)/.exec(error.message)?.[1] : undefined;
  const before = text.slice(0, said === undefined ? firstNoToken(text) : Number(said)).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

/** By shape: `instanceof` lies across realms, and Jest runs tests in one of its own. */
function isErrorLike(error: unknown): error is { readonly message: string } {
  return typeof (error as { message?: unknown } | null)?.message === 'string';
}

/** The first place that is no token, or a token that cannot follow the one before it; else the end of the text. */
function firstNoToken(text: string): number {
  let at = 0;
  let before = '';
  for (;;) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) return at;
    if (token.trim() !== '') {
      const kind = /^[{}[\],:]$/.test(token) ? token : 'v';
      if (before !== '' && !FOLLOWS.test(before + kind)) return at;
      before = kind;
    }
    at += token.length;
  }
}
