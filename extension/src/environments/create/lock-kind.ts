/** What a pasted or picked text is, told by what only such a text has; its file's name is no proof. Pure. */

export type LockKind = 'pylock' | 'uv-lock' | 'requirements';

/** Everything that is no lock of a known form is read as requirements, and the gateway says what is wrong with it. */
export function lockKindOf(text: string): LockKind {
  if (/^lock-version\s*=/m.test(text)) return 'pylock';
  if (/^version\s*=\s*\d+\s*(?:#.*)?$/m.test(text) && /^(?:\[\[package\]\]|requires-python\s*=)/m.test(text)) {
    return 'uv-lock';
  }
  return 'requirements';
}
