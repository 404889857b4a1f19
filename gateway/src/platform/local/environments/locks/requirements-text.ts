/** Requirements files: their lines, and the locked ones as `uv export` and `uv pip compile --generate-hashes` write them. */

export interface LockedPackage {
  /** Normalised, such as `typing-extensions`. */
  readonly name: string;
  readonly version: string;
  /** Empty where it is for every platform. */
  readonly marker: string;
  /** Such as `sha256:ab…`, sorted. */
  readonly hashes: readonly string[];
}

/** A line without comments, joined with those that it goes on in. */
export interface LogicalLine {
  /** Of its beginning, from 1. */
  readonly number: number;
  readonly text: string;
}

const ENTRY = /^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*==\s*([^\s;,]+)\s*(?:;\s*(.*))?$/;

/**
 * The packages of a lock; comments, index URLs and other options do not count.
 * @throws Error naming the first entry that is not pinned by version and hash
 */
export function parseLock(text: string): LockedPackage[] {
  return logicalLines(text)
    .filter(line => !line.text.startsWith('-'))
    .map(line => {
      const locked = lockedLine(line.text);
      if (locked !== undefined) return locked;
      throw new Error(`the lock has an entry that is not pinned by version and hash: ${line.text.slice(0, 80)}`);
    });
}

/** The package of one line; undefined when it is not pinned by version and hash. */
export function lockedLine(line: string): LockedPackage | undefined {
  const hashes = hashesOf(line);
  const [, name, version, marker] = ENTRY.exec(line.replace(/\s*--hash[=\s]\s*\S+/g, '').trim()) ?? [];
  if (name === undefined || version === undefined || hashes.length === 0) return undefined;
  return { name: normalisedName(name), version, marker: marker?.trim() ?? '', hashes };
}

/** What a text names after `--hash`, sorted. */
export function hashesOf(text: string): string[] {
  return [...text.matchAll(/--hash[=\s]\s*(\S+)/g)].map(match => match[1] ?? '').sort();
}

/** As PEP 503 compares names. */
export function normalisedName(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}

/** Those with something on them; each run of blanks is one blank. */
export function logicalLines(text: string): LogicalLine[] {
  const lines: LogicalLine[] = [];
  let parts: string[] = [];
  let number = 1;
  const close = (next: number): void => {
    const joined = parts.join(' ').replace(/\s+/g, ' ').trim();
    if (joined !== '') lines.push({ number, text: joined });
    parts = [];
    number = next;
  };
  for (const [index, physical] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const plain = physical.replace(/(^|\s)#.*$/, '$1').trimEnd();
    const continues = plain.endsWith('\\');
    parts.push(continues ? plain.slice(0, -1) : plain);
    if (!continues) close(index + 2);
  }
  close(0);
  return lines;
}
