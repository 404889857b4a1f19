/**
 * Environment markers of Python requirements (PEP 508), as far as `uv pip compile --universal` writes them: a lock for
 * all platforms names some packages twice, and only one of the two is meant here.
 */

/** Values of the marker variables, such as `sys_platform`. */
export type MarkerVariables = Readonly<Record<string, string>>;

const TOKEN = /\s*(\(|\)|'[^']*'|"[^"]*"|[<>=!~]=?=?|[A-Za-z_.]+)/y;

/**
 * Whether the marker holds. An empty one does.
 * @throws Error when it is not understood
 */
export function markerHolds(marker: string, variables: MarkerVariables): boolean {
  const tokens = tokenise(marker);
  if (tokens.length === 0) return true;
  const parser = new MarkerParser(tokens, variables, marker);
  const value = parser.either();
  parser.requireEnd();
  return value;
}

function tokenise(marker: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(marker); match !== null; match = TOKEN.exec(marker)) tokens.push(match[1] ?? '');
  const plain = (text: string): string => text.replace(/\s/g, '');
  if (plain(tokens.join('')) !== plain(marker)) throw new Error(`cannot read the marker ${marker}`);
  return tokens;
}

class MarkerParser {
  readonly #tokens: readonly string[];
  readonly #variables: MarkerVariables;
  readonly #marker: string;
  #at = 0;

  constructor(tokens: readonly string[], variables: MarkerVariables, marker: string) {
    this.#tokens = tokens;
    this.#variables = variables;
    this.#marker = marker;
  }

  either(): boolean {
    let value = this.#both();
    while (this.#tokens[this.#at] === 'or') {
      this.#at += 1;
      value = this.#both() || value;
    }
    return value;
  }

  requireEnd(): void {
    if (this.#at !== this.#tokens.length) this.#fail();
  }

  #both(): boolean {
    let value = this.#one();
    while (this.#tokens[this.#at] === 'and') {
      this.#at += 1;
      value = this.#one() && value;
    }
    return value;
  }

  #one(): boolean {
    if (this.#tokens[this.#at] === '(') {
      this.#at += 1;
      const value = this.either();
      if (this.#next() !== ')') this.#fail();
      return value;
    }
    const left = this.#next();
    const operator = this.#operator();
    return this.#compare(left, operator, this.#next());
  }

  #operator(): string {
    const operator = this.#next();
    if (operator !== 'not') return operator;
    if (this.#next() !== 'in') this.#fail();
    return 'not in';
  }

  #compare(left: string, operator: string, right: string): boolean {
    const [a, b] = [this.#value(left), this.#value(right)];
    if (operator === 'in' || operator === 'not in') return b.includes(a) === (operator === 'in');
    const isVersion = /version/.test(left) || /version/.test(right);
    const order = isVersion ? compareVersions(a, b) : Number(a > b) - Number(a < b);
    const holds = {
      '==': order === 0,
      '!=': order !== 0,
      '<': order < 0,
      '<=': order <= 0,
      '>': order > 0,
      '>=': order >= 0
    };
    if (!Object.hasOwn(holds, operator)) this.#fail();
    return holds[operator as keyof typeof holds];
  }

  #value(token: string): string {
    if (/^['"]/.test(token)) return token.slice(1, -1);
    return this.#variables[token] ?? this.#fail();
  }

  #next(): string {
    const token = this.#tokens[this.#at] ?? this.#fail();
    this.#at += 1;
    return token;
  }

  #fail(): never {
    throw new Error(`cannot read the marker ${this.#marker}`);
  }
}

/** `3.9` before `3.10`; missing parts are zero, `3.12.*` is `3.12`. */
function compareVersions(a: string, b: string): number {
  const parts = (version: string): number[] => (version.match(/\d+/g) ?? []).map(Number);
  const [left, right] = [parts(a), parts(b)];
  const length = b.endsWith('.*') ? right.length : Math.max(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}
