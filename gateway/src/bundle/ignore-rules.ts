/**
 * The `.gitignore` files that hold in one folder, with git's precedence: deeper files come after higher ones, and the
 * last rule that matches decides. To get that from one matcher, every rule is rewritten to be relative to one root.
 */
import ignore, { type Ignore } from 'ignore';

export class IgnoreRules {
  readonly #matcher: Ignore;

  private constructor(matcher: Ignore) {
    this.#matcher = matcher;
  }

  /** No rules. */
  static none(): IgnoreRules {
    return new IgnoreRules(newMatcher());
  }

  /**
   * These rules and then those of one more file.
   * @param folder where the file lies, relative to the root, with `/`; empty for the root itself
   */
  with(folder: string, text: string): IgnoreRules {
    const rules = text.split('\n').flatMap(line => rewrittenRule(folder, line) ?? []);
    if (rules.length === 0) return this;
    return new IgnoreRules(newMatcher().add(this.#matcher).add(rules));
  }

  /** Whether git would ignore this path (relative to the root), because of itself or of a folder above it. */
  ignores(path: string, isFolder: boolean): boolean {
    return path !== '' && this.#matcher.ignores(isFolder ? `${path}/` : path);
  }
}

function newMatcher(): Ignore {
  return ignore({ ignorecase: false, allowRelativePaths: true });
}

/** The rule as it would have to be written in the root's own file; undefined for comments and empty lines. */
export function rewrittenRule(folder: string, line: string): string | undefined {
  const rule = trimmed(line);
  if (rule === '' || rule.startsWith('#')) return undefined;
  if (folder === '') return rule;
  const negation = rule.startsWith('!') ? '!' : '';
  const pattern = rule.slice(negation.length);
  if (pattern === '' || pattern === '/') return undefined;
  const anchored = pattern.slice(0, -1).includes('/');
  const prefix = `/${folder.replace(/[\\*?[\]!# ]/g, '\\$&')}/`;
  if (!anchored) return `${negation}${prefix}**/${pattern}`;
  return `${negation}${prefix}${pattern.startsWith('/') ? pattern.slice(1) : pattern}`;
}

/** Without the end of a Windows line and without spaces at the end, unless a backslash protects them. */
function trimmed(line: string): string {
  let end = line.endsWith('\r') ? line.length - 1 : line.length;
  while (end > 0 && line[end - 1] === ' ' && line[end - 2] !== '\\') end -= 1;
  return line.slice(0, end);
}
