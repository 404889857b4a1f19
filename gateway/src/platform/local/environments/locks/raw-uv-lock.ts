/** The shape of a `uv.lock` that anybody may have written. What is not named here is not kept: later uvs only add. */
import { z } from 'zod';
import { Marker, Name, Specifier, Version } from './locked-values.js';
import type { UvDependency } from './uv-lock.js';

const MOST_PACKAGES = 5_000;
const MOST_ENTRIES = 5_000;

const Address = z.string().max(8_192);
const RawFile = z.object({
  url: Address.optional(),
  path: Address.optional(),
  filename: Address.optional(),
  hash: z.string().optional()
});
export type RawFile = z.output<typeof RawFile>;
const many = <Item extends z.ZodType>(item: Item) => z.array(item).max(MOST_ENTRIES).prefault([]);

const Dependency = z
  .object({
    name: Name,
    version: Version.optional(),
    extra: many(Name),
    marker: Marker.default('')
  })
  .transform(({ extra, ...rest }): UvDependency => ({ ...rest, extras: extra }));
const ByName = z.record(Name, many(Dependency)).prefault({});

const RawPackage = z.object({
  name: Name,
  version: Version.optional(),
  source: z.record(z.string().max(40), z.unknown()),
  'resolution-markers': many(Marker),
  dependencies: many(Dependency),
  'optional-dependencies': ByName,
  'dev-dependencies': ByName,
  sdist: RawFile.optional(),
  wheels: many(RawFile)
});
export type RawPackage = z.output<typeof RawPackage>;

const Requirement = z.object({
  name: Name,
  extras: many(Name),
  specifier: Specifier.default(''),
  marker: Marker.default('')
});

/** How uv chose: `uv lock` asks everything anew when it is not as before. Dates and the rest are not kept. */
const MODES = ['resolution-mode', 'prerelease-mode', 'fork-strategy'];
const Options = z.record(z.string(), z.unknown()).transform((options): Record<string, string> => {
  const modes = MODES.map((name): [string, unknown] => [name, options[name]]);
  return Object.fromEntries(modes.filter((mode): mode is [string, string] => isWord(mode[1])));
});

function isWord(value: unknown): boolean {
  return typeof value === 'string' && /^[a-z-]{1,40}$/.test(value);
}

export const RawLock = z.object({
  version: z.literal(1, 'want 1: other versions of uv’s lock are not known here'),
  'requires-python': Specifier.default(''),
  'resolution-markers': many(Marker),
  'supported-markers': many(Marker),
  'required-markers': many(Marker),
  options: Options.prefault({}),
  manifest: z.object({ requirements: many(Requirement) }).prefault({}),
  package: z.array(RawPackage).max(MOST_PACKAGES).prefault([])
});
export type RawLock = z.output<typeof RawLock>;
