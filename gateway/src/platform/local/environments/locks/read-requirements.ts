/** Reads requirements that a person gave: packages by name, or a lock, when every line has a version and hashes. */
import { PlatformError, type Problem } from '../../../../contract/index.js';
import { Marker, Name, Sha256, Specifier, Version } from './locked-values.js';
import { type LockedPackage, lockedLine, hashesOf, type LogicalLine, logicalLines } from './requirements-text.js';

export type Requirements =
  | { readonly kind: 'loose'; readonly lines: readonly string[] }
  | { readonly kind: 'locked'; readonly packages: readonly LockedPackage[]; readonly warnings: readonly string[] };

const MOST_LINES = 5_000;
const MOST_PROBLEMS = 20;
const LONGEST_LINE = 2_000;
const LONGEST_SHOWN = 80;
/** `name @ address`, an address, or a path. */
const DIRECT = /^[\w.-]+\s*(\[[^\]]*\])?\s*@|:\/\/|^[./~\\]|\.(whl|zip|tar\.gz)$/;
/** Name, extras, versions, marker. */
const REQUIREMENT = /^([\w.-]+)\s*(?:\[([\w\s.,-]*)\])?\s*(?:\(([^()]*)\)|([^;()]*?))\s*(?:;\s*(.+))?$/;
/** Of pip; none of them changes which files a lock with hashes means. */
const INDEX_OPTION =
  /^(-i|-f|--(index-url|extra-index-url|find-links|no-index|trusted-host|prefer-binary|only-binary|no-binary|pre|require-hashes))\b/;

/** @throws PlatformError `invalid-input` naming every line that cannot be used and what would be right */
export function readRequirements(text: string): Requirements {
  const lines = logicalLines(text);
  if (lines.length > MOST_LINES) throw new PlatformError('too-large', `There are more than ${MOST_LINES} lines.`);
  return lines.some(line => hashesOf(line.text).length > 0) ? lockedRequirements(lines) : looseRequirements(lines);
}

function looseRequirements(lines: readonly LogicalLine[]): Requirements {
  refuse(lines, line => (line.startsWith('-') ? optionProblem(line) : requirementProblem(line)));
  if (lines.length === 0) {
    throw new PlatformError('invalid-input', 'There is no package in it; want at least one, such as `numpy`.');
  }
  return { kind: 'loose', lines: lines.map(({ text }) => text) };
}

function lockedRequirements(lines: readonly LogicalLine[]): Requirements {
  const options = lines.filter(({ text }) => INDEX_OPTION.test(text));
  const entries = lines.filter(line => !options.includes(line));
  refuse(entries, line => (line.startsWith('-') ? optionProblem(line) : lockedProblem(line)));
  return {
    kind: 'locked',
    packages: entries.flatMap(({ text }) => lockedLine(text) ?? []),
    warnings: options.map(
      ({ number, text }) =>
        `Line ${number} is left out (${text.split(/[\s=]/)[0]}): indexes are those that are set up for uv or pip here.`
    )
  };
}

function refuse(lines: readonly LogicalLine[], problemOf: (line: string) => string | undefined): void {
  const problems = lines.flatMap(({ number, text }): Problem[] => {
    const message = problemOf(text);
    return message === undefined ? [] : [{ field: `line ${number}`, message }];
  });
  const [first] = problems;
  if (first === undefined) return;
  const message = `The requirements cannot be used: ${first.field}: ${first.message}`;
  throw new PlatformError('invalid-input', message, { problems: problems.slice(0, MOST_PROBLEMS) });
}

function optionProblem(line: string): string {
  const option = line.split(/[\s=]/)[0] ?? '';
  if (/^(-r|-c|--requirement|--constraint)/.test(option)) return `${option}: want the lines of that file itself`;
  if (/^(-e|--editable)/.test(option)) return `${option}: want packages from an index, not a folder`;
  if (INDEX_OPTION.test(line)) return `${option}: want it set up for uv or pip, as by UV_DEFAULT_INDEX or pip.conf`;
  return `${option.slice(0, LONGEST_SHOWN)}: options are not understood here; want packages by name`;
}

function requirementProblem(line: string): string | undefined {
  if (line.length > LONGEST_LINE) return `${shown(line)}…: want at most ${LONGEST_LINE} characters`;
  if (DIRECT.test(line)) {
    return `${shown(line)}: want a package by name, such as numpy>=2; what is at an address or path is not taken`;
  }
  if (isRequirement(line)) return undefined;
  return `${shown(line)}: want a package by name, such as numpy>=2 ; sys_platform == 'linux'`;
}

function isRequirement(line: string): boolean {
  const [, name, extras = '', inside, bare = '', marker = ''] = REQUIREMENT.exec(line) ?? [];
  const extraNames = extras.split(',').map(each => each.trim());
  return (
    Name.safeParse(name).success &&
    extraNames.every(each => each === '' || Name.safeParse(each).success) &&
    isSpecifier(inside ?? bare) &&
    Marker.safeParse(marker).success
  );
}

function isSpecifier(text: string): boolean {
  return Specifier.safeParse(text).success && /^\s*$|^\s*[<>=!~]/.test(text);
}

function lockedProblem(line: string): string | undefined {
  const locked = lockedLine(line);
  const isFine =
    locked !== undefined &&
    Name.safeParse(locked.name).success &&
    Version.safeParse(locked.version).success &&
    Marker.safeParse(locked.marker).success;
  if (!isFine) return `${shown(line)}: other lines have hashes, so want name==version and --hash=sha256:… here as well`;
  const hasSha256 = locked.hashes.some(hash => Sha256.safeParse(hash.replace(/^sha256:/, '')).success);
  return hasSha256 ? undefined : `${shown(line)}: want a sha256 hash`;
}

/** Without what may be a password. */
function shown(line: string): string {
  return line
    .replace(/\/\/[^/\s]*@/g, '//')
    .replace(/\s*--hash.*$/, '')
    .slice(0, LONGEST_SHOWN);
}
