/** Reads a `pylock.toml` (PEP 751), which anybody may have written. */
import { z } from 'zod';
import { flatLock, type ListedPackage } from './flat-lock.js';
import { Marker, Name, Specifier, Version } from './locked-values.js';
import { readToml, unreadable } from './read-toml.js';
import type { UvLock } from './uv-lock.js';
import { withinTime } from './within-time.js';
import { lockedFile, packageProblems, type WrittenFile, type WrittenPackage } from './written-package.js';

const WHAT = 'pylock.toml';
const MOST = 5_000;

const RawFile = z.object({
  name: z.string().max(8_192).optional(),
  url: z.string().max(8_192).optional(),
  path: z.string().max(8_192).optional(),
  hashes: z.record(z.string(), z.unknown()).default({})
});
type RawFile = z.output<typeof RawFile>;

const RawPackage = z.object({
  name: Name,
  version: Version.optional(),
  marker: Marker.default(''),
  vcs: z.unknown().optional(),
  directory: z.unknown().optional(),
  archive: z.unknown().optional(),
  sdist: RawFile.optional(),
  wheels: z.array(RawFile).max(MOST).default([])
});
type RawPackage = z.output<typeof RawPackage>;

const RawPylock = z.object({
  'lock-version': z.string().regex(/^1\./, 'want 1.0: other versions of pylock.toml are not known here'),
  'requires-python': Specifier.default(''),
  environments: z.array(Marker).max(100).default([]),
  packages: z.array(RawPackage).max(MOST)
});

/** @throws PlatformError `invalid-input` naming every package that is not from an index or has a file without a hash */
export function readPylock(text: string): UvLock {
  return withinTime(WHAT, () => readAll(text));
}

function readAll(text: string): UvLock {
  const raw = readToml(text, WHAT, RawPylock);
  const problems = packageProblems(raw.packages.map(written));
  if (problems.length > 0) throw unreadable(WHAT, problems);
  const lock = flatLock(raw.packages.map(toListed), raw['requires-python']);
  return { ...lock, supportedMarkers: raw.environments };
}

function written({ name, version, sdist, wheels, ...rest }: RawPackage): WrittenPackage {
  const foreign = (['vcs', 'directory', 'archive'] as const).find(kind => rest[kind] !== undefined);
  const files = [...(sdist === undefined ? [] : [sdist]), ...wheels];
  return { name, version, foreign, files: files.map(writtenFile) };
}

function toListed({ name, version = '', marker, sdist, wheels }: RawPackage): ListedPackage {
  return {
    name,
    version,
    marker,
    sdist: sdist === undefined ? undefined : lockedFile(writtenFile(sdist)),
    wheels: wheels.flatMap(wheel => lockedFile(writtenFile(wheel)) ?? [])
  };
}

/** `name` is the file's own; it may be left out where the address ends in it. */
function writtenFile({ name, url, path, hashes }: RawFile): WrittenFile {
  const sha256 = hashes['sha256'];
  return { address: name ?? url ?? path ?? '', hash: typeof sha256 === 'string' ? `sha256:${sha256}` : undefined };
}
