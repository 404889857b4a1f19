/** Collects what is wrong with JSON that somebody else wrote, without letting them choose how long the answer gets. */

export interface FieldProblem {
  /** Where, such as `where.of[1].value`. */
  readonly field: string;
  /** What it is and what would be right. */
  readonly message: string;
}

/** No more are listed: a list of 100 000 wrong values deserves no answer of 100 000 sentences. */
export const MAX_PROBLEMS = 100;
const SHOWN_CHARACTERS = 40;

export class ProblemList {
  readonly problems: FieldProblem[] = [];

  /** Whether there is no room for more, so that whoever looks for them can stop. */
  get full(): boolean {
    return this.problems.length >= MAX_PROBLEMS;
  }

  report(field: string, message: string): void {
    if (!this.full) this.problems.push({ field, message });
  }

  /** Reports a value that is not what was wanted. */
  want(field: string, value: unknown, wanted: string): void {
    this.report(field, `is ${shown(value)}: want ${wanted}`);
  }

  /** Reports each key that is not there or not wanted; true if there is none. */
  wantKeys(field: string, value: object, keys: readonly string[]): boolean {
    const before = this.problems.length;
    for (const key of keys) {
      if (!Object.hasOwn(value, key)) this.report(`${field}.${key}`, 'is missing: want it given');
    }
    for (const key of Object.keys(value)) {
      if (!keys.includes(key)) this.report(field, `has the key ${shown(key)}: want only ${keys.join(', ')}`);
      if (this.full) break;
    }
    return this.problems.length === before && !this.full;
  }
}

/** Whether JSON is an object, so neither null nor a list. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A few characters that tell the reader which value is meant; never walks into it. */
export function shown(value: unknown): string {
  if (typeof value === 'string') {
    const cut = value.length > SHOWN_CHARACTERS;
    return cut ? `${JSON.stringify(value.slice(0, SHOWN_CHARACTERS))}…` : JSON.stringify(value);
  }
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
