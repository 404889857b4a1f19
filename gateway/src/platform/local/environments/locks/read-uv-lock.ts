/** Reads a `uv.lock`, of a script or a project, and keeps of it what a lock without addresses has. */
import { askedFor } from './asked-for.js';
import { type RawFile, RawLock, type RawPackage } from './raw-uv-lock.js';
import { type ReachedPackage, reachedPackages } from './reached-packages.js';
import { readToml, unreadable } from './read-toml.js';
import type { UvLock, UvPackage } from './uv-lock.js';
import { writeUvLock } from './write-uv-lock.js';
import { withinTime } from './within-time.js';
import { lockedFile, packageProblems, type WrittenFile, type WrittenPackage } from './written-package.js';

const WHAT = 'uv.lock';

export interface ReadUvLock {
  readonly lock: UvLock;
  /** For people. */
  readonly warnings: readonly string[];
}

/** The one text of equal locks, without addresses. @throws PlatformError `invalid-input` */
export function portableLock(text: string): string {
  return writeUvLock(readUvLock(text).lock);
}

/**
 * @param known hashes by path, of files in a folder of ours: for these uv writes none
 * @throws PlatformError `invalid-input` naming every package that is not from an index or has a file without a hash
 */
export function readUvLock(text: string, known: ReadonlyMap<string, string> = new Map()): ReadUvLock {
  return withinTime(WHAT, () => readAll(text, known));
}

function readAll(text: string, known: ReadonlyMap<string, string>): ReadUvLock {
  const raw = readToml(text, WHAT, RawLock);
  const { requirements, warnings } = askedFor(raw);
  const reached = reachedPackages(raw, requirements);
  const problems = packageProblems(reached.map(each => written(each.raw, known)));
  if (problems.length > 0) throw unreadable(WHAT, problems);
  const lock: UvLock = {
    requiresPython: raw['requires-python'],
    resolutionMarkers: raw['resolution-markers'],
    supportedMarkers: raw['supported-markers'],
    requiredMarkers: raw['required-markers'],
    options: raw.options,
    requirements: requirements.map(({ name, extras, specifier, marker }) => ({ name, extras, specifier, marker })),
    packages: reached.map(each => toPackage(each, known))
  };
  return { lock, warnings };
}

/** Paths of the files that a lock names without a hash. */
export function filesWithoutHash(text: string): string[] {
  const files = readToml(text, WHAT, RawLock).package.flatMap(filesOf);
  return files.flatMap(({ path, hash }) => (path === undefined || hash !== undefined ? [] : [path]));
}

function filesOf({ sdist, wheels }: RawPackage): RawFile[] {
  return [...(sdist === undefined ? [] : [sdist]), ...wheels];
}

function written(each: RawPackage, known: ReadonlyMap<string, string>): WrittenPackage {
  const foreign = 'registry' in each.source ? undefined : (Object.keys(each.source)[0] ?? 'nowhere');
  return {
    name: each.name,
    version: each.version,
    foreign,
    files: filesOf(each).map(file => writtenFile(file, known))
  };
}

function toPackage({ raw, extras }: ReachedPackage, known: ReadonlyMap<string, string>): UvPackage {
  const optional = Object.entries(raw['optional-dependencies']).filter(([extra]) => extras.has(extra));
  return {
    name: raw.name,
    version: raw.version ?? '',
    resolutionMarkers: raw['resolution-markers'],
    dependencies: raw.dependencies,
    optional: new Map(optional),
    sdist: raw.sdist === undefined ? undefined : lockedFile(writtenFile(raw.sdist, known)),
    wheels: raw.wheels.flatMap(wheel => lockedFile(writtenFile(wheel, known)) ?? [])
  };
}

function writtenFile({ url, path, filename, hash }: RawFile, known: ReadonlyMap<string, string>): WrittenFile {
  return { address: url ?? path ?? filename ?? '', hash: hash ?? known.get(path ?? '') };
}
