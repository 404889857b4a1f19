/**
 * Writes a lock in the one form that every equal lock has: sorted, and without addresses. uv reads it, and juv, which
 * keeps it in notebooks; `uv lock --script` keeps its versions and fills in the addresses of the reader's own index.
 */
import {
  type LockedFile,
  namesOfSeveral,
  type UvDependency,
  type UvLock,
  type UvPackage,
  type UvRequirement
} from './uv-lock.js';

/** `.invalid` never resolves (RFC 2606), so nobody can answer for it. */
const INDEX = 'https://index.invalid/simple';
const SOURCE = `source = { registry = ${quoted(INDEX)} }`;
/** What uv 0.13 writes; revisions only add, so older ones are read as well. */
const HEAD = ['version = 1', 'revision = 5'];

export function writeUvLock(lock: UvLock): string {
  const several = namesOfSeveral(lock.packages);
  const sections = [
    [
      ...HEAD,
      `requires-python = ${quoted(lock.requiresPython)}`,
      ...list('resolution-markers', lock.resolutionMarkers.map(quoted)),
      ...list('supported-markers', lock.supportedMarkers.map(quoted)),
      ...list('required-markers', lock.requiredMarkers.map(quoted))
    ],
    table('options', lock.options),
    ['[manifest]', ...list('requirements', sorted(lock.requirements.map(requirement)))],
    ...[...lock.packages].sort(byNameAndVersion).map(each => packageLines(each, several))
  ];
  return `${sections
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** By code units: the same everywhere, whatever the language of the machine. */
function byNameAndVersion(a: UvPackage, b: UvPackage): number {
  if (a.name !== b.name) return a.name > b.name ? 1 : -1;
  return Number(a.version > b.version) - Number(a.version < b.version);
}

function packageLines(each: UvPackage, several: ReadonlySet<string>): string[] {
  const dependencies = (of: readonly UvDependency[]): string[] =>
    sorted(of.map(one => dependency(one, several.has(one.name))));
  const optional = [...each.optional].sort(([a], [b]) => Number(a > b) - Number(a < b));
  return [
    '[[package]]',
    `name = ${quoted(each.name)}`,
    `version = ${quoted(each.version)}`,
    SOURCE,
    ...list('resolution-markers', each.resolutionMarkers.map(quoted)),
    ...list('dependencies', dependencies(each.dependencies)),
    ...(each.sdist === undefined ? [] : [`sdist = ${file(each.sdist)}`]),
    ...list('wheels', sorted(each.wheels.map(file))),
    ...(optional.length === 0 ? [] : ['', '[package.optional-dependencies]']),
    ...optional.flatMap(([extra, of]) => list(extra, dependencies(of)))
  ];
}

function requirement({ name, extras, specifier, marker }: UvRequirement): string {
  return inline([
    `name = ${quoted(name)}`,
    ...(extras.length === 0 ? [] : [`extras = [${sorted(extras).map(quoted).join(', ')}]`]),
    ...(specifier === '' ? [] : [`specifier = ${quoted(specifier)}`]),
    ...(marker === '' ? [] : [`marker = ${quoted(marker)}`])
  ]);
}

/** uv names version and source only where the name alone would not do. */
function dependency({ name, version, extras, marker }: UvDependency, isOneOfSeveral: boolean): string {
  return inline([
    `name = ${quoted(name)}`,
    ...(isOneOfSeveral && version !== undefined ? [`version = ${quoted(version)}`, SOURCE] : []),
    ...(extras.length === 0 ? [] : [`extra = [${sorted(extras).map(quoted).join(', ')}]`]),
    ...(marker === '' ? [] : [`marker = ${quoted(marker)}`])
  ]);
}

function file({ name, hash }: LockedFile): string {
  return inline([`url = ${quoted(name)}`, `hash = ${quoted(hash)}`]);
}

function inline(fields: readonly string[]): string {
  return `{ ${fields.join(', ')} }`;
}

function list(key: string, values: readonly string[]): string[] {
  return values.length === 0 ? [] : [`${key} = [`, ...values.map(value => `    ${value},`), ']'];
}

function table(name: string, entries: Readonly<Record<string, string>>): string[] {
  const lines = sorted(Object.entries(entries).map(([key, value]) => `${key} = ${quoted(value)}`));
  return lines.length === 0 ? [] : [`[${name}]`, ...lines];
}

function sorted(values: readonly string[]): string[] {
  return [...values].sort();
}

/** All that is quoted here was checked to be printable ASCII, for which JSON and TOML agree. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
