/** Reads a requirements file as `uv pip compile --generate-hashes` writes it. */
import { type MarkerVariables, markerHolds } from './marker.js';

export interface LockedPackage {
  /** Normalised, such as `typing-extensions`. */
  readonly name: string;
  readonly version: string;
  /** Empty where it is for every platform. */
  readonly marker: string;
  /** Such as `sha256:ab…`, sorted. */
  readonly hashes: readonly string[];
}

const ENTRY = /^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*==\s*([^\s;]+)\s*(?:;\s*(.*))?$/;

/**
 * The packages of a lock; comments, index URLs and other options do not count.
 * @throws Error naming the first entry that is not pinned by version and hash
 */
export function parseLock(text: string): LockedPackage[] {
  return logicalLines(text)
    .filter(line => !line.startsWith('-'))
    .map(line => {
      const hashes = [...line.matchAll(/--hash=(\S+)/g)].map(match => match[1] ?? '').sort();
      const [, name, version, marker] = ENTRY.exec(line.replace(/\s*--hash=\S+/g, '').trim()) ?? [];
      if (name === undefined || version === undefined || hashes.length === 0) {
        throw new Error(`the lock has an entry that is not pinned by version and hash: ${line.slice(0, 80)}`);
      }
      return { name: normalisedName(name), version, marker: marker?.trim() ?? '', hashes };
    });
}

/** The packages that `input` (a `.in` file) asks for, with the versions that the lock has for this platform. */
export function requestedPackages(input: string, lock: readonly LockedPackage[], variables: MarkerVariables): string[] {
  return logicalLines(input)
    .filter(line => !line.startsWith('-'))
    .flatMap(line => {
      const name = normalisedName(/^[A-Za-z0-9._-]+/.exec(line)?.[0] ?? '');
      const locked = lock.find(each => each.name === name && markerHolds(each.marker, variables));
      return locked === undefined ? [] : [`${name}==${locked.version}`];
    });
}

/** As PEP 503 compares names. */
export function normalisedName(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}

/** Without comments, and with lines that end in a backslash joined to the next. */
function logicalLines(text: string): string[] {
  return text
    .replace(/(^|\s)#.*$/gm, '$1')
    .replace(/\\[ \t]*\r?\n/g, ' ')
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(line => line !== '');
}
